"""Signs read off the way a term is written, and where they must not be."""

from __future__ import annotations

import pytest

from engine.kernel.forms import sign as signs
from engine.kernel.forms.context import scope_of
from engine.kernel.forms.term_sign import term_sign
from engine.kernel.unproved import Unproved
from tests.kernel.exercise import given, says, term, why_not

CONTEXT = given(x="real", y="real", p="pos", u="unit", N="nat", M="nat0", k="integer", z="family", w="pos family")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(x - y)^2", signs.NOT_NEGATIVE),
        ("(x - y)^2 + 1", signs.POSITIVE),
        ("(x - y)^3", signs.ANY),
        ("-(x - y)^2", signs.NOT_POSITIVE),
        ("(x - y)^2 - 1", signs.ANY),
        ("p (x - y)^2", signs.NOT_NEGATIVE),
        ("(x - y)^{-2}", signs.POSITIVE),
        (r"\frac{p}{(x - y)^2}", signs.POSITIVE),
        (r"\frac{-p}{x}", signs.NONZERO),
        ("(x - y)^0", signs.POSITIVE),
        (r"\sum_{i=1}^N (z_i - x)^2", signs.NOT_NEGATIVE),
        (r"\sum_{i=1}^N w_i", signs.POSITIVE),
        (r"\sum_{i=1}^M i^2", signs.NOT_NEGATIVE),
        (r"\sum_{i=1}^N (z_i - x)", signs.ANY),
        (r"\sum_{i=1}^N i^2", signs.POSITIVE),
        (r"\sum_{i=1}^N \frac{1}{z_i}", signs.ANY),
        (r"\sum_{i=1}^k (z_i - x)^2", signs.NOT_NEGATIVE),
        (r"\ln(1 + p)", signs.POSITIVE),
        (r"\ln u", signs.NEGATIVE),
        (r"\ln p", signs.ANY),
    ],
)
def test_the_sign_of_a_term(text: str, expected: signs.Sign) -> None:
    assert term_sign(term(text, CONTEXT), scope_of(CONTEXT)) == expected


def test_a_sum_to_a_real_bound_has_no_sign() -> None:
    with pytest.raises(Unproved, match="integers"):
        term_sign(term(r"\sum_{i=1}^{x} i^2", CONTEXT), scope_of(CONTEXT))


def test_squares_are_seen_before_anything_is_expanded() -> None:
    says(r"\sum_{i=1}^N (z_i - x)^2 \ge 0", N="nat", z="family", x="real")
    says(r"(x - y)^2 + e^x > 0", x="real", y="real")


def test_a_strict_sign_needs_a_strict_part() -> None:
    assert "sign" in why_not(r"\sum_{i=1}^N (z_i - x)^2 > 0", N="nat", z="family", x="real")
    assert "sign" in why_not("(x - y)^2 > 0", x="real", y="real")
    assert "sign" in why_not(r"\sum_{i=1}^M i^2 > 0", M="nat0")
