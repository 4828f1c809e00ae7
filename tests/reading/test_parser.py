"""The reader: precedence, constructs, and what it refuses."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading import tree
from engine.reading.parser import DEEPEST, read
from engine.reading.tree import Node
from engine.span import Problem


def shown(node: Node) -> str:
    """A tree on one line, with its structure in brackets."""
    match node:
        case tree.Number(text) | tree.Symbol(text):
            return text
        case tree.Script(base, below, primes, above):
            scripts = [f"_{shown(below)}" if below else "", "'" * primes, f"^{shown(above)}" if above else ""]
            return f"<{shown(base)}{''.join(scripts)}>"
        case tree.Group(kind, content):
            return f"{kind}{shown(content)}"
        case tree.Product(factors, operators):
            parts = [shown(factors[0])]
            for operator, factor in zip(operators, factors[1:], strict=True):
                parts += [operator or ".", shown(factor)]
            return f"[{''.join(parts)}]"
        case tree.Signed(sign, operand):
            return f"({sign}{shown(operand)})"
        case tree.Relations(items, signs) | tree.Listing(items, signs):
            return "".join(f"{shown(i)}{s}" for i, s in zip(items, (*signs, ""), strict=True))
        case tree.Big(kind, lower, upper, body):
            return f"{kind}({shown(lower) if lower else ''};{shown(upper) if upper else ''}){{{shown(body)}}}"
        case tree.Derivative(numerator, variables):
            below = ",".join(f"{shown(variable)}{order}" for variable, order in variables)
            return f"D({shown(numerator) if numerator else ''}|{below})"
        case _:
            return f"{type(node).__name__}({','.join(map(shown, tree.children(node)))})"


def reads(text: str) -> str:
    node = read(text)
    assert not isinstance(node, Problem), node.show()
    return shown(node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b c", "Addition(a,[b.c])"),
        ("a - b - c", "Addition(a,(-b),(-c))"),
        ("-x^2", "(-<x^2>)"),
        ("a/b c", "[a/b.c]"),
        (r"a \cdot -b", "[a·(-b)]"),
        ("a = b < c", "a=b<c"),
        ("x_i^2", "<x_i^2>"),
        ("x^2_i", "<x_i^2>"),
        ("f'(x)", "[<f'>.(x]"),
        ("n!", "Factorial(n)"),
        ("2 n! k", "[2.Factorial(n).k]"),
        (r"\frac12x", "[Fraction(1,2).x]"),
        (r"\tfrac{a}b", "Fraction(a,b)"),
        (r"\sqrt[3]{x}", "Root(3,x)"),
        ("|x||y|", "[|x.|y]"),
        ("2|x||y|^2", "[2.|x.<|y^2>]"),
        ("|a||b||c|", "[|a.|b.|c]"),
        ("|x - |y||", "|Addition(x,(-|y))"),
        ("||x| - 1|", "|Addition(|x,(-1))"),
        ("||x|-|y|| = |x-y|", "|Addition(|x,(-|y))=|Addition(x,(-y))"),
        ("||x|| ||y||", r"[\|x.\|y]"),
        (r"\binom nk", "Binomial(n,k)"),
        (r"\sum_{i=1}^N a b + c", "Addition(sum(i=1;N){[a.b]},c)"),
        (r"\prod\limits_i^n x_i", "prod(i;n){<x_i>}"),
        (r"\int_0^1 x + y \, dx", "Integral(0,1,Addition(x,y),x)"),
        (r"\int_0^1 x \mathrm{d}x \int dy", "[Integral(0,1,x,x).Integral(y)]"),
        (r"\int_0^1 d (d x) dx", "Integral(0,1,[d.([d.x]],x)"),
        (r"\frac{d}{dx} f", "[D(|x1).f]"),
        (r"\frac{\partial^2 f}{\partial x\,\partial y}", "D(f|x1,y1)"),
        (r"\frac{\mathrm{d}^3}{\mathrm{d}x^3}", "D(|x3)"),
        (r"\frac{\partial}{\partial x_i^2}", "D(|<x_i^2>1)"),
        (r"\frac{d}{2}", "Fraction(d,2)"),
        (r"\frac{d}{d}", "Fraction(d,d)"),
        (r"p(x, y; \theta | z)", r"[p.(x,y;\theta|z]"),
        (r"|x| + 2|y|", "Addition(|x,[2.|y])"),
        (r"\left|x|y|\right|", "|[x.|y]"),
        (r"\left|\left|x\right| - |y|\right|_1", r"<|Addition(|x,(-|y))_1>"),
        (r"\lfloor n/2 \rfloor", r"\lfloor[n/2]"),
        (r"f\Bigr|_{x=0}", "[f.Bar(x=0)]"),
        (r"f {\Bigr |}_{x=0} g", "[f.Bar(x=0).g]"),
        (r"\left. f + g \right|_{x=0}", "Evaluation(Addition(f,g),x=0)"),
        (r"\begin{bmatrix} 1, & 2 \\ 3 & 4, \\ \end{bmatrix}", "Matrix(1,2,3,4)"),
        (r"A^\top B^{-1} C^T", r"[<A^\top>.<B^(-1)>.<C^T>]"),
        (r"x \ne y \le z", "x≠y≤z"),
        ("a := b", "a:=b"),
        ("x = 1.", "x=1"),
        (r"\ln{a + b}", r"[\ln.Addition(a,b)]"),
        ("a {- b} + c", "Addition(a,(-b),c)"),
    ],
)
def test_structure(text: str, expected: str) -> None:
    assert reads(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("", "found nothing", 0),
        ("1 +", "found the end", 3),
        ("(1 + 2", "expected ')'", 0),
        ("(1 + 2]", "expected an operator or ')'", 6),
        (r"\frac{1}", "a denominator", 8),
        ("x^", "a superscript", 2),
        ("x^2^3", "second superscript", 3),
        ("x_i_j", "second subscript", 3),
        ("2^34", "only the first digit", 2),
        (r"\foo x", r"unknown command \foo", 0),
        (r"\int_0^1 x", "differential", 0),
        (r"\begin{pmatrix} 1 & 2 \\ 3 \end{pmatrix}", "different lengths", 0),
        (r"\begin{pmatrix} 1", r"\end{pmatrix}", 17),
        (r"\begin{tabular} 1 \end{tabular}", "not known here", 0),
        (r"\frac{d^2 f}{dx}", "orders", 0),
        ("a b )", "expected an operator or the end", 4),
        (r"\left( x", "expected ')'", 0),
        ("x = ", "found the end", 4),
        ("n!!", "double factorial", 2),
        ("{}", "inside the braces", 1),
        ("9" * 2000, "digits", 0),
        ("$x$", "write the formula alone, without $", 0),
        (r"\[ x \]", "write the formula alone", 0),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_its_place(text: str, message: str, place: int) -> None:
    problem = read(text)
    assert isinstance(problem, Problem)
    assert message in problem.message
    assert problem.span is not None and problem.span.start == place
    assert problem.source == text


def test_every_node_knows_its_place() -> None:
    text = r"a + \frac{b}{c_1} \sum_{i=1}^n x_i"
    node = read(text)
    assert isinstance(node, tree.Addition)
    assert text[node.span.start : node.span.end] == text
    product = node.terms[1]
    assert text[product.span.start : product.span.end] == text[4:]


def test_long_sums_and_products_are_flat() -> None:
    node = read(" + ".join(["x y"] * 5000))
    assert isinstance(node, tree.Addition) and len(node.terms) == 5000
    node = read(" ".join(["x"] * 5000))
    assert isinstance(node, tree.Product) and len(node.factors) == 5000


@pytest.mark.parametrize(
    "opening", ["{", "(", "x^{", r"\sqrt{", r"\frac{1}{", r"\sum_{i=1}^n ", r"\hat", "-", "|", r"\left("]
)
def test_endless_nesting_is_a_problem(opening: str) -> None:
    problem = read(opening * 5000)
    assert isinstance(problem, Problem)
    assert str(DEEPEST) in problem.message


def test_nesting_up_to_the_limit_is_read() -> None:
    depth = DEEPEST - 1
    assert not isinstance(read("(" * depth + "x" + ")" * depth), Problem)


PIECES = (
    r"\frac \sum_{i=1}^N \prod_i \int_0^1 dx \left( \right) \left. \right|_{x=0} \Bigr| | _ ^ { } ( ) [ ] \{ \} & \\"
    r" \begin{pmatrix} \end{pmatrix} 1 2.5 12 x x_i \lambda \ln f , ; = < \le \nabla \partial \frac{d}{dx} ' ! + - * /"
    r" \hat \mathrm{ab} \text \operatorname* T \top ^{-1} \mid . : := \sqrt [3] \lfloor \quad # % \foo λ $ \ "
).split(" ")


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join) | st.text(max_size=60))
def test_any_text_gives_a_tree_or_a_problem_inside_the_text(text: str) -> None:
    node = read(text)
    assert node.span is not None
    assert 0 <= node.span.start <= node.span.end <= len(text)
    if isinstance(node, Problem):
        assert node.show()


@pytest.mark.parametrize(
    "piece",
    [
        "x_i y + ",
        r"\sum_{i=1}^N x_i + ",
        r"\frac{d x}{dx}",
        r"\frac{d ",
        "{",
        "|",
        "||x(",
        "-",
        "x^2 ",
        r"\left.x",
        r"{\Bigr|}_{x=0}",
        r"\begin{pmatrix}",
        "@",
    ],
)
def test_time_grows_linearly(piece: str) -> None:
    """Ten times the text takes well under a hundred times the time, as it would if it grew with the square."""
    short, long = (min(_seconds(piece * count + "x") for _ in range(3)) for count in (500, 5000))
    assert long < 40 * short + 0.02


def _seconds(text: str) -> float:
    start = time.process_time()
    read(text)
    return time.process_time() - start


def test_nothing_is_evaluated() -> None:
    assert reads("9^{9^{9^9}}") == "<9^<9^<9^9>>>"
