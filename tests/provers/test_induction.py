"""The search for inductions and binomial sums: what it offers, and that it ends."""

from __future__ import annotations

from engine.kernel.certificate import ByTheorem, NormalForm, Proof, SignCalculus
from engine.meaning.context import Context
from engine.meaning.statement import Relation, Statement
from engine.meaning.term import Add, Name, Sum, integer
from engine.provers.binomial import binomial_sketches
from engine.provers.induction import MOST_LEAVES, inductions
from tests.kernel.exercise import claim, given

N = Name("N")


def offered(text: str, **kinds: str) -> list[ByTheorem]:
    """The inductions where every leaf is granted."""
    found = inductions(*claim(text, given(**kinds)), lambda context, goal: NormalForm())
    return [proof for _, proof in zip(range(12), found, strict=False) if isinstance(proof, ByTheorem)]


def test_it_goes_over_the_upper_bounds() -> None:
    first, *_ = offered(r"\sum_{i=1}^N i=M", N="nat", M="nat")
    assert first == ByTheorem("induction", (N, *(integer(1),) * 3), (SignCalculus(), NormalForm(), NormalForm()))
    assert {
        proof.parameters[0] for proof in offered(r"\sum_{i=1}^N\sum_{j=1}^M i j=a", N="nat", M="nat", a="real")
    } == {
        N,
        Name("M"),
    }
    assert offered(r"N^2=N", N="nat") == []
    assert offered(r"\sum_{i=1}^3 i=6", N="nat") == []


def test_it_starts_late_enough_for_every_sum() -> None:
    starts = [proof.parameters[2] for proof in offered(r"\sum_{i=3}^N i=a", N="nat", a="real")]
    assert integer(1) in starts and integer(2) in starts
    assert integer(1) in [p.parameters[2] for p in offered(r"\sum_{i=0}^{N-1} i=a", N="nat0", a="real")]


def test_products_go_by_their_next_factor() -> None:
    (first, *_) = offered(r"\prod_{i=1}^N i=a", N="nat", a="real")
    assert first.parameters[3] == Add((N, integer(1)))


def test_it_ends_where_nothing_is_proved() -> None:
    asked = 0

    def refuse(context: Context, goal: Statement) -> Proof | None:
        nonlocal asked
        asked += 1
        return None if asked % 2 else NormalForm()

    context, goal = claim(
        r"\sum_{i=1}^N\prod_{j=1}^N\sum_{k=1}^M x_i x_j x_k=M", given(N="nat", M="nat", x="free family")
    )
    list(inductions(context, goal, refuse))
    assert 0 < asked <= MOST_LEAVES


def test_binomial_sums_are_taken_apart() -> None:
    kinds = {"n": "nat", "p": "real", "q": "real", "t": "real"}

    def parameters(text: str) -> list[tuple[object, ...]]:
        _, goal = claim(f"{text}=0", given(**kinds))
        return [s.premises[0].parameters for s in binomial_sketches(goal) if isinstance(s.premises[0], ByTheorem)]

    p, q = Name("p"), Name("q")
    ((a, b, *moments),) = parameters(r"\sum_{k=0}^n\binom nk p^k q^{n-k}")
    assert (a, b, len(moments)) == (p, q, 1)
    ((a, b, *moments),) = parameters(r"\sum_{k=0}^n k^2\binom nk p^k q^{n-k}")
    assert (a, b, len(moments)) == (p, q, 3)
    for text in (
        r"\sum_{k=1}^n\binom nk p^k q^{n-k}",
        r"\sum_{k=0}^n\binom nk^2 p^k q^{n-k}",
        r"\sum_{k=0}^n\frac{1}{k+1}\binom nk p^k q^{n-k}",
        r"\sum_{k=0}^n k^5\binom nk p^k",
        r"\sum_{k=0}^n\binom{n}{k+1}p^k",
    ):
        assert parameters(text) == []


def test_a_binomial_sum_inside_is_replaced() -> None:
    _, goal = claim(r"1+\sum_{k=0}^n\binom nk=1+2^n", given(n="nat"))
    (sketch,) = binomial_sketches(goal)
    hole, known, template = sketch.parameters
    assert isinstance(known, Relation) and isinstance(known.right, Sum)
    assert template == Relation(Add((integer(1), hole)), "=", goal.right)  # type: ignore[arg-type]
