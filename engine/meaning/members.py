"""Where a definition with parameters must have a value: ``y_i = \\sqrt{x_i}`` is given for every x_i that there is.

Of a definition that reads families at its parameters, these are the places at which a point names all that it reads.
Of another family, ``y_i = \\sqrt{a - i}``, they are the first two; a function, ``f(t) = a \\ln t``, need only have a
value somewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from fractions import Fraction
from itertools import product
from typing import Final

from engine.meaning.context import Definition
from engine.meaning.term import Add, Element, Multiply, Name, Negate, Number, Term, children, free_names

Place = tuple[int, ...]
Named = Mapping[str, Set[Place]]

_COUNTING: Final = frozenset("ijklmn")
_FIRST: Final = (1, 2)
_ARGUMENTS: Final = tuple(Fraction(*q) for q in ((1,), (1, 2), (2,), (0,), (-1,), (5,), (1000,), (-1000,)))
_MOST_PLACES: Final = 400
_REACH: Final = 2
"""How far an index is mostly moved, as in x_{i-1}."""


def places(definition: Definition, named: Named) -> tuple[Place, ...]:
    """The values of the indices at all of which the definition must have a value; none for a function.

    ``named`` are the members of families, each by its first indices, to which a point gives values.

    >>> from engine.meaning.term import ONE, subtract
    >>> i = Name("i")
    >>> ratio = Definition("y", ("i",), Add((Element("x", (i,)), Element("x", (subtract(i, ONE),)))))
    >>> places(ratio, {"x": {(1,), (2,), (3,)}})
    ((2,), (3,))
    """
    parameters = definition.parameters
    read = [one for one in _elements(definition.body) if _is_told(one, parameters, named)]
    if not read:
        return tuple(product(_FIRST, repeat=len(parameters))) if _COUNTING.issuperset(parameters) else ()
    known = {index for one in read for place in named[one.family] for index in place}
    window = sorted({index + step for index in known for step in range(-_REACH, _REACH + 1)})
    if len(window) ** len(parameters) > _MOST_PLACES:
        window = sorted(known)[: int(_MOST_PLACES ** (1 / len(parameters)))]
    return tuple(at for at in product(window, repeat=len(parameters)) if _has_all(read, parameters, at, named))


def arguments(definition: Definition) -> Iterator[tuple[Fraction, ...]]:
    """Some arguments at one of which a function must have a value."""
    if not _COUNTING.issuperset(definition.parameters):
        return product(_ARGUMENTS, repeat=min(len(definition.parameters), 3))
    return iter(())


def _elements(term: Term) -> Iterator[Element]:
    if isinstance(term, Element):
        yield term
    for part in children(term):
        yield from _elements(part)


def _is_told(one: Element, parameters: tuple[str, ...], named: Named) -> bool:
    """Whether the parameters alone say which member this is, and the point which members there are."""
    letters = frozenset[str]().union(*map(free_names, one.indices))
    return one.family in named and bool(letters) and letters <= set(parameters)


def _has_all(read: list[Element], parameters: tuple[str, ...], at: Place, named: Named) -> bool:
    values = dict(zip(parameters, at, strict=True))
    for one in read:
        indices = tuple(whole_value(index, values) for index in one.indices)
        if None not in indices and indices not in named[one.family]:
            return False
    return True


def whole_value(index: Term, values: Mapping[str, int]) -> int | None:
    """The index, where it is made of names with these values and whole numbers in a plain way."""
    match index:
        case Name(name):
            return values.get(name)
        case Number(Fraction(denominator=1) as value):
            return int(value)
        case Negate(part):
            inner = whole_value(part, values)
            return None if inner is None else -inner
        case Add(parts) | Multiply(parts):
            found = [whole_value(part, values) for part in parts]
            whole = [one for one in found if one is not None]
            if len(whole) < len(found):
                return None
            total = int(isinstance(index, Multiply))
            for one in whole:
                total = total * one if isinstance(index, Multiply) else total + one
            return total
        case _:
            return None
