"""Integrals over a closure: ``acb.integral``, rigorous on finite intervals.

An infinite end is reached by intervals that double until they stop to matter; the ball is then widened by
``2^-36``. That is an estimate and not an enclosure: enough for an instance that may veto, never for a proof.
"""

from __future__ import annotations

from collections.abc import Callable

from flint import acb, arb, fmpq

from engine.provers.budget import OutOfBudget, spend
from engine.provers.no_value import NoEval, Unclear, Undef
from engine.provers.scalar import Scalar

DOUBLINGS = 16
REACH = 11  # doublings before the tail may be called negligible: a far, narrow peak must not be missed
NEGLIGIBLE = fmpq(1, 2**40)
WIDENING = fmpq(1, 2**36)
HOPELESS = 10**12
EVALUATIONS = 4_000
STEPS_OF_AN_EVALUATION = 10

Integrand = Callable[[Scalar], Scalar]


def integrate(body: Integrand, lower: Scalar | None, upper: Scalar | None) -> Scalar:
    """``∫ body`` between the bounds; ``None`` is the infinite one. Raises :class:`Unclear` without convergence."""
    if lower is None and upper is None:
        return _ray(body, fmpq(0), -1) + _ray(body, fmpq(0), 1)
    if upper is None:
        return _ray(body, lower, 1)
    if lower is None:
        return _ray(body, upper, -1)
    return _finite(body, lower, upper)


def _finite(body: Integrand, lower: Scalar, upper: Scalar) -> Scalar:
    stopped: list[Exception] = []  # FLINT loses an exception that its callback lets out

    def integrand(x: Scalar, _: bool) -> Scalar:
        try:
            spend(STEPS_OF_AN_EVALUATION)
            return acb("nan") if stopped else acb(body(x))
        except Unclear:
            return acb("nan")
        except (Undef, NoEval, OutOfBudget) as reason:
            stopped.append(reason)
            return acb("nan")

    tolerance = arb(2) ** -48
    value = acb.integral(
        integrand, acb(lower), acb(upper), rel_tol=tolerance, abs_tol=tolerance, eval_limit=EVALUATIONS
    )
    if stopped:
        raise stopped[0]
    if not value.is_finite() or not value.imag.contains(0):
        raise Unclear("an integral that does not converge here")
    return value.real


def _ray(body: Integrand, start: Scalar, direction: int) -> Scalar:
    """The integral from ``start`` to ±∞, in the sense of increasing x."""
    total, width, at = arb(0), fmpq(1), start
    quiet = 0
    for doubling in range(DOUBLINGS):
        end = at + direction * width
        piece = _finite(body, at, end) if direction > 0 else _finite(body, end, at)
        total, at, width = total + piece, end, width * 2
        if abs(piece) > HOPELESS:
            raise Unclear("an improper integral that grows")
        quiet = quiet + 1 if abs(piece) < NEGLIGIBLE * (1 + abs(total)) else 0
        if quiet >= 2 and doubling >= REACH:
            return total + arb(0, 1) * (WIDENING * (1 + abs(total)))
    raise Unclear("an improper integral that does not settle")
