from __future__ import annotations

import json
from dataclasses import is_dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine.kernel.verdict
from engine.derivation import Block, Curve, RemainderPlot
from engine.kernel.certificate import Assignment, ByTheorem, Entry, FunctionChoice, Model, NormalForm, Proof
from engine.meaning.claim import Claim
from engine.meaning.context import Context
from engine.meaning.sort import NATURAL, REAL, Family, IndexRange
from engine.meaning.statement import Interval, NearZero, Optimum, Relation
from engine.meaning.term import Add, Divide, Element, Matrix, Name, Negate, Number, Power, Sum, Term, integer
from engine.record.codec import MAX_DEPTH, MODULES, Json, Table, decode, encode, field_types, known_types
from engine.span import Problem

NAMES = st.sampled_from(["x", r"\hat{\lambda}", "N"])
LEAVES = st.one_of(
    st.builds(Name, NAMES),
    st.builds(lambda n: Number(Fraction(n)), st.integers(0, 10**20)),
    st.builds(lambda n: Number(Fraction(n, 100), 2), st.integers(0, 10**6)),
)
TERMS: st.SearchStrategy[Term] = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        st.builds(Negate, part),
        st.builds(Divide, part, part),
        st.builds(Power, part, part),
        st.builds(lambda terms: Add(tuple(terms)), st.lists(part, min_size=2, max_size=3)),
        st.builds(Sum, NAMES, part, part, part),
        st.builds(lambda name, at: Element(name, (at,)), NAMES, part),
        st.builds(lambda a, b: Matrix(((a, b), (b, a))), part, part),
    ),
    max_leaves=12,
)
JSON_DATA: st.SearchStrategy[Json] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda part: st.one_of(
        st.lists(part, max_size=3),
        st.dictionaries(st.sampled_from(["is", "see", "number", "name", "value", "terms", "x"]), part, max_size=4),
        st.builds(lambda tag, rest: {**rest, "is": tag}, st.sampled_from(["Name", "Number", "Add", "Sum"]),
                  st.dictionaries(st.sampled_from(["name", "value", "places", "terms", "lower"]), part, max_size=3)),
    ),
    max_leaves=10,
)  # fmt: skip


def through_json(data: Json) -> Json:
    return json.loads(json.dumps(data, allow_nan=False))


@given(TERMS)
def test_terms_come_back_as_they_were(term: Term) -> None:
    assert decode(Term, through_json(encode(term))) == term


VALUES = [
    (Context().declare("N", NATURAL).declare("x", Family((IndexRange(integer(1), Name("N")), None), REAL)), Context),
    (Claim(Context(), NearZero("e", Relation(Name("e"), "≤", integer(-3))), "text $x$ ü"), Claim),
    (Optimum("minimum", Name("p"), Name("f"), "v", Interval(integer(0), Name("b"), True, False), False), Optimum),
    (ByTheorem("taylor", (Name("x"), Relation(Name("x"), "=", Name("y"))), (NormalForm((Name("q"),)),)), Proof),
    (
        Model(
            (
                Assignment("x", Fraction(-1, 3)),
                Assignment("y", (Entry((1, 2), Fraction(5)),)),
                Assignment("f", FunctionChoice(("t",), Name("t"))),
            )
        ),
        Model,
    ),
    (RemainderPlot("p", (Curve("c", ((1e-300, 0.5),), 2.0),)), Block),
]


@pytest.mark.parametrize(("value", "kind"), VALUES)
def test_values_come_back_as_they_were(value: object, kind: type) -> None:
    assert decode(kind, through_json(encode(value))) == value


@given(JSON_DATA)
def test_hostile_data_is_a_problem_or_a_term_and_nothing_else(data: Json) -> None:
    result = decode(Term, data)
    assert isinstance(result, Problem) or encode(result) == data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"is": "Name"}, "Name lacks its name"),
        ({"is": "Name", "name": "x", "size": 1}, "Name has no 'size'"),
        ({"is": "Proved"}, "found 'Proved'"),
        ({"is": "Number", "value": "1/0"}, "expected a fraction"),
        ({"is": "Number", "value": "2/4", "places": 2}, "not in lowest terms"),
        ({"is": "Number", "value": "1/3"}, "not a literal"),
        ({"is": "Number", "value": "-1"}, "not a literal"),
        ({"is": "Number", "value": "1", "places": 0}, "the default is not written out"),
        ({"is": "Number", "value": "1", "places": 10**9}, "places is too large"),
        ({"is": "Number", "value": "1", "places": True}, "expected an integer"),
        ({"is": "Number", "value": "9" * 5000}, "expected a fraction"),
        ({"is": "Constant", "name": "tau"}, "expected one of pi e infinity"),
        ({"is": "Matrix", "rows": [{"is": "Name", "name": "x"}]}, ".rows[0]: expected a list"),
        ({"see": "Name", "number": 0}, "the number of a Name below 0"),
        ([], "found a list"),
        ("x", "found 'x'"),
        (1.5, "found 1.5"),
    ],
)
def test_what_is_wrong_is_named(data: Json, message: str) -> None:
    result = decode(Term, data)
    assert isinstance(result, Problem)
    assert message in result.message


def test_deep_data_is_refused_and_not_followed() -> None:
    data: Json = {"is": "Name", "name": "x"}
    for _ in range(MAX_DEPTH + 1):
        data = {"is": "Negate", "term": data}
    result = decode(Term, data)
    assert isinstance(result, Problem)
    assert "deep" in result.message


def test_the_place_is_named() -> None:
    result = decode(
        Term, {"is": "Add", "terms": [{"is": "Name", "name": "x"}, {"is": "Negate", "term": 3}]}, place="claim"
    )
    assert isinstance(result, Problem)
    assert result.message.startswith("claim.terms[1].term: expected Number")


def test_contexts_are_stored_once() -> None:
    context = Context().declare("x", REAL)
    claims = [Claim(context, Relation(Name("x"), "=", integer(n))) for n in (1, 2)]
    table = Table()
    first, second = (encode(claim, {Context: table}) for claim in claims)
    assert isinstance(second, dict)
    assert second["context"] == {"see": "Context", "number": 0}
    assert table.values == (context,)
    assert [decode(Claim, data, {Context: table.values}) for data in (first, second)] == claims


def test_every_type_has_a_name_of_its_own_and_known_fields() -> None:
    found = [v for m in MODULES for v in vars(m).values() if isinstance(v, type) and is_dataclass(v)]
    found = [kind for kind in dict.fromkeys(found) if kind.__module__ in {m.__name__ for m in MODULES}]
    assert len(found) == len(known_types())
    for kind in known_types().values():
        field_types(kind)


def test_no_verdict_can_be_read_out_of_a_file() -> None:
    made = [v for v in vars(engine.kernel.verdict).values() if is_dataclass(v) and v.__module__.endswith("verdict")]
    assert len(made) == 3
    assert not set(made) & set(known_types().values())


def test_foreign_values_are_refused() -> None:
    with pytest.raises(TypeError):
        encode(object())
    with pytest.raises(ValueError):
        encode(float("nan"))
