from __future__ import annotations

import subprocess
import sys

import pytest

from engine.numerics import missing


def test_an_installed_package_is_no_problem() -> None:
    assert missing() is None and missing("json", "engine") is None


def test_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("torch", "torchvision"):
        monkeypatch.setitem(sys.modules, package, None)
    problem = missing("torch", "torchvision")
    assert problem is not None
    assert problem.message.startswith("torch and torchvision are not installed; ")
    assert problem.message.endswith("pip install 'quod[torch]'")


def test_importing_the_room_and_the_exercises_does_not_import_torch() -> None:
    modules = ", ".join(
        ("engine.numerics.convolution", "engine.numerics.evaluate", "engine.numerics.influence",
         "engine.numerics.likelihood", "engine.numerics.torchvision_models", "derivations.convolution",
         "derivations.parameter_count", "derivations.vgg")
    )  # fmt: skip
    program = f"import sys, {modules}; print({{'torch', 'torchvision', 'sympy', 'numpy'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
