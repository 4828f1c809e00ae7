"""The sign of x^T M x by the definiteness of M, and where x ≠ 0 is needed."""

from __future__ import annotations

import pytest

from engine.checking.check import check
from engine.kernel.verdict import Open, Proved, Refuted

SQUARE = (r"A, B \in \mathbb{R}^{n \times n}", r"x, y \in \mathbb{R}^n")
DEFINITE, SEMIDEFINITE, NONZERO = r"A \succ 0", r"A \succeq 0", r"x \ne 0"


@pytest.mark.parametrize(
    ("claim", "given", "kind"),
    [
        (r"x^T A x > 0", (DEFINITE, NONZERO), Proved),
        (r"x^T A^{-1} x > 0", (DEFINITE, NONZERO), Proved),
        (r"x \ne 0 \Rightarrow x^T A x > 0", (DEFINITE,), Proved),
        (r"-\frac12 x^T A x < 0", (DEFINITE, NONZERO), Proved),
        (r"x^T (A + \lambda I) x > 0", (SEMIDEFINITE, NONZERO, r"\lambda > 0"), Proved),
        (r"x^T (B^T B + \lambda I) x > 0", (NONZERO, r"\lambda > 0"), Proved),
        (r"(Bx)^T A (Bx) > 0", (DEFINITE, r"B x \ne 0"), Proved),
        # what a condition less leaves
        (r"x^T A x > 0", (DEFINITE,), Refuted),
        (r"x^T A x > 0", (NONZERO,), Refuted),
        (r"x^T A x > 0", (SEMIDEFINITE, NONZERO), Open),
        (r"x^T A x > 0", (DEFINITE, r"y \ne 0"), Refuted),
        (r"x^T A y > 0", (DEFINITE, NONZERO, r"y \ne 0"), Refuted),
        (r"x^T (A + \lambda I) x > 0", (SEMIDEFINITE, NONZERO, r"\lambda \ge 0"), Open),
        (r"(Bx)^T A (Bx) > 0", (DEFINITE, NONZERO), Refuted),
        (r"x^T A x > 0", (DEFINITE, r"x \ne 1"), Open),
        # a difference, whose form is not expanded
        (r"(x-y)^T A^{-1} (x-y) \ge 0", (DEFINITE,), Proved),
        (r"(x-y)^T A (x-y) \ge 0", (SEMIDEFINITE,), Proved),
        (r"(x-y)^T A (x-y) > 0", (DEFINITE, r"x \ne y"), Proved),
        (r"-\frac12 (x-y)^T A (x-y) \le 0", (DEFINITE,), Proved),
        (r"(x-By)^T (x-By) \ge 0", (), Proved),
        (r"(x-y)^T A (x-y) > 0", (DEFINITE,), Refuted),
        (r"(x-y)^T A (x-y) > 0", (DEFINITE, NONZERO), Refuted),
        (r"(x-y)^T A (x-y) \ge 0", (), Refuted),
        (r"(x-y)^T A (x+y) \ge 0", (DEFINITE,), Refuted),
        (r"(x-y)^T (A - B) (x-y) \ge 0", (DEFINITE, r"B \succ 0"), Refuted),
        (r"c (x-y)^T A (x-y) \ge 0", (DEFINITE,), Refuted),
        (r"-(x-y)^T (x-y) \ge 0", (), Refuted),
        # lengths
        (r"\|x\| > 0", (NONZERO,), Proved),
        (r"\|x - y\|^2 > 0", (r"x \ne y",), Proved),
        (r"\|x\| > 0", (), Refuted),
        (r"\|x + y\|^2 > 0", (r"x \ne y",), Open),
        (r"\|B\|_F^2 > 0", (r"B \ne 0",), Proved),
        (r"\|B x\|^2 > 0", (r"B \ne 0", NONZERO), Open),
    ],
)
def test_the_sign_of_a_quadratic_form(claim: str, given: tuple[str, ...], kind: type) -> None:
    found = check(claim, given=(*SQUARE, *given))
    assert isinstance(found, kind), found
