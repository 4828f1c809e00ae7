# make sheet   .venv, and the week-7 solution sheet in build/week07/     (TORCH=0: without numeric validation)
# make test    what the tests need, then ruff, mypy and pytest
# make soak    mutations of the kernel, each of which must fail a test; a million mangled formulas through the reader;
#              true claims made false; a million random pairs through prover, kernel and instances
#              (hours; an interrupted run goes on; tests/SOAK.md holds the results)
# make bench   cold-start times and memory of the command, the time that a formula takes to be read, and which claims
#              are decided, how fast, beside SymPy and (where QUOD_MATH_VERIFY names a Python that has it) Math-Verify
# make torch   look for a CPU build of torch once more
# make clean   remove everything that make made
#
# PYTHON=/path/to/python3.11 chooses the interpreter.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: sheet test soak bench torch clean

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
TORCH ?= 1

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt
TORCH_VERSION := $(shell sed -n 's/^torch==//p' constraints.txt)
TORCH_CPU_INDEX := https://download.pytorch.org/whl/cpu

torch_stamp := $(if $(filter 0,$(TORCH)),,$(VENV)/torch.stamp)

sheet: $(VENV)/base.stamp $(torch_stamp)
	$(BIN)/quod sheet week07 --out build/week07 --format tex,html,json,pdf $(if $(filter 0,$(TORCH)),--no-torch)

test: $(VENV)/dev.stamp $(torch_stamp)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist loadfile

soak: $(VENV)/dev.stamp
	$(BIN)/python tests/soak/mutation.py
	$(BIN)/python tests/soak/fuzz_reading.py
	$(BIN)/python tests/soak/corrupting.py
	$(BIN)/python tests/soak/pairs.py

bench: $(VENV)/base.stamp $(torch_stamp)
	$(BIN)/python tests/bench/bench.py
	$(BIN)/python tests/bench/reading.py
	$(BIN)/python tests/bench/deciding.py

torch:
	@rm -f $(VENV)/torch.stamp
	@$(MAKE) --no-print-directory $(VENV)/torch.stamp

clean:
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/base.stamp: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "quod needs Python 3.11 or newer; '$(PYTHON)' is older or does not run." >&2; \
	  echo "Name another one: make $(or $(firstword $(MAKECMDGOALS)),sheet) PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "Installing quod into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/base.stamp
	@echo "Installing what the tests need"
	@$(PIP) --editable '.[dev]'
	@touch $@

# A build without CUDA, or none: the one with CUDA is several gigabytes. What is already there stays.
$(VENV)/torch.stamp: $(VENV)/base.stamp
	@if ! $(BIN)/python -c 'from importlib.util import find_spec as f; exit(not (f("torch") and f("torchvision")))'; then \
	  echo "Looking for a CPU build of torch $(TORCH_VERSION) (numeric validation)"; \
	  if $(PIP) --no-deps 'torch==$(TORCH_VERSION)+cpu' 2>/dev/null \
	    || $(PIP) --no-deps --timeout 15 --retries 1 --index-url $(TORCH_CPU_INDEX) 'torch==$(TORCH_VERSION)' 2>/dev/null; \
	  then $(PIP) torch torchvision; \
	  else echo "None found: nothing is validated numerically. README says what to install; 'make torch' looks again."; fi; fi
	@touch $@
