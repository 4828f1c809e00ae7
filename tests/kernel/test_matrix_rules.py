"""Each rule of matrices in symbolic size, with the condition that it leaves, and refused where its condition fails."""

from __future__ import annotations

import pytest

from engine.kernel.certificate import NormalForm, SignCalculus
from engine.kernel.unproved import Unproved
from engine.kernel.verify import Verified, verify
from engine.meaning.context import Context
from engine.meaning.elaborate import read_statement
from engine.meaning.given import read_given
from engine.meaning.latex import statement_latex
from engine.meaning.statement import Relation
from engine.span import Problem

SIZES = r"n, m, k \in \mathbb{N}"
SQUARE = (SIZES, r"A, B, C \in \mathbb{R}^{n \times n}")
WIDE = (SIZES, r"X \in \mathbb{R}^{n \times m}", r"Y \in \mathbb{R}^{m \times n}")
VECTORS = (SIZES, r"u, v, w \in \mathbb{R}^n", r"A \in \mathbb{R}^{n \times n}", r"c \in \mathbb{R}")
DEFINITE = (*WIDE, r"A \in \mathbb{R}^{n \times n}", r"A \succ 0")
PLACES = (*SQUARE, r"i, j \in \mathbb{N}", r"i \le n", r"j \le n")
SIZES_OF_TWO = (SIZES, r"u \in \mathbb{R}^n", r"v \in \mathbb{R}^m")
FAMILY = (SIZES, r"N \in \mathbb{N}", r"x_i \in \mathbb{R}^n", r"y_i \in \mathbb{R}", r"w \in \mathbb{R}^n")


def read(text: str, given: tuple[str, ...]) -> tuple[Context, Relation]:
    context = Context()
    for line in given:
        found = read_given(line, context)
        assert not isinstance(found, Problem), found
        context = found
    reading = read_statement(text, context)
    assert not isinstance(reading, Problem), reading
    (relation,) = reading.relations
    return reading.context, relation


def verified(text: str, given: tuple[str, ...]) -> Verified:
    context, relation = read(text, given)
    return verify(context, relation, NormalForm() if relation.sign == "=" else SignCalculus())


def reason(text: str, given: tuple[str, ...]) -> str:
    with pytest.raises(Unproved) as caught:
        verified(text, given)
    return str(caught.value)


RULES = [
    # inverses
    (r"A^{-1}A = I_n", SQUARE, [r"\det(A) \ne 0"]),
    (r"(AB)^{-1} = B^{-1}A^{-1}", SQUARE, [r"\det(A B) \ne 0", r"\det(B) \ne 0", r"\det(A) \ne 0"]),
    (r"(A + B)^{-1}(A + B) = I", SQUARE, [r"\det(A + B) \ne 0"]),
    (r"(2A + 2B)^{-1} = \frac12(A + B)^{-1}", SQUARE, [r"\det(2 A + 2 B) \ne 0", r"\det(A + B) \ne 0"]),
    (r"(B + A)^{-\top} = (A^\top + B^\top)^{-1}", SQUARE, [r"\det(B + A) \ne 0", r"\det(A^{\top} + B^{\top}) \ne 0"]),
    (r"(X^\top X)^{-1}X^\top X = I", WIDE, [r"\det(X^{\top} X) \ne 0"]),
    (r"(X^\top X)^{-1}X^\top X = I", (*WIDE, r"X^\top X \succ 0"), []),
    (r"(I + XY)^{-1}X = X(I + YX)^{-1}", WIDE, [r"\det(I_{n} + X Y) \ne 0", r"\det(I_{m} + Y X) \ne 0"]),
    (
        r"\sum_{i=1}^N \operatorname{tr}(X_i Y) x_i = \sum_{i=1}^N \operatorname{tr}(Y X_i) x_i",
        (*FAMILY, r"X_i \in \mathbb{R}^{n \times m}", r"Y \in \mathbb{R}^{m \times n}"),
        [],
    ),
    # entries
    (r"(AB)_{ij} = \sum_{k=1}^n A_{ik}B_{kj}", PLACES, []),
    (r"(A + B^\top)_{ij} = A_{ij} + B_{ji}", PLACES, []),
    (r"\det(A + XY) = \det(A)\det(I_m + Y A^{-1} X)", DEFINITE, []),
    (r"A - A = 0", SQUARE, []),
    (r"0 + A = A", SQUARE, []),
    (r"A^{-2} = A^{-1}A^{-1}", SQUARE, [r"\det(A) \ne 0"]),
    (r"A^{-2}A^2 = I", SQUARE, [r"\det(A) \ne 0"]),
    (r"A^3 = AAA", SQUARE, []),
    (r"A^{-1} - B^{-1} = A^{-1}(B - A)B^{-1}", SQUARE, [r"\det(A) \ne 0", r"\det(B) \ne 0"]),
    (r"A^{-1}A = I_n", (*SQUARE, r"A \text{ invertible}"), []),
    (r"A^{-1}A = I_n", (*SQUARE, r"\det A \ne 0"), []),
    (r"A^{-1}A = I_n", (*SQUARE, r"A \succ 0"), []),
    (r"A^{-1}A = I_n", (*SQUARE, r"A \succeq 0"), [r"\det(A) \ne 0"]),
    (r"(X^\top X)^{-1}X^\top X = I", (*WIDE, r"X \text{ has full column rank}"), []),
    (r"(X^\top X)^{-1}X^\top X = I", (*WIDE, r"\operatorname{rank}(X) = m"), []),
    (r"(X^\top X + c I)^{-1}(X^\top X + c I) = I", (*WIDE, r"c > 0"), []),
    (r"(X^\top X + c I)^{-1}(X^\top X + c I) = I", (*WIDE, r"c \ge 0"), [r"\det(X^{\top} X + c I_{m}) \ne 0"]),
    # symmetric matrices
    (r"A^\top = A", (*SQUARE, r"A = A^\top"), []),
    (r"(AB)^\top = BA", (*SQUARE, r"A, B \text{ symmetric}"), []),
    (r"(A + B)^{-\top} = (A + B)^{-1}", (*SQUARE, r"A, B \succ 0"), []),
    # traces
    (r"\operatorname{tr}(XY) = \operatorname{tr}(YX)", WIDE, []),
    (r"\operatorname{tr}(ABC) = \operatorname{tr}(CAB)", SQUARE, []),
    (r"\operatorname{tr}(ABC) = \operatorname{tr}(A^\top C^\top B^\top)", SQUARE, []),
    (r"\operatorname{tr}(I_n) = n", SQUARE, []),
    (r"\operatorname{tr}(uv^\top A) = v^\top Au", VECTORS, []),
    (r"\operatorname{tr}(X(X^\top X)^{-1}X^\top) = m", WIDE, [r"\det(X^{\top} X) \ne 0"]),
    # determinants
    (r"\det(ABA) = \det(A)^2\det(B)", SQUARE, []),
    (r"\det(cA) = c^n\det A", VECTORS, []),
    (r"\det(-3A^\top) = (-3)^n\det A", SQUARE, []),
    (r"\det(A^{-1})\det(A) = 1", SQUARE, [r"\det(A) \ne 0"]),
    (r"\det(2A + 2B) = 2^n\det(A + B)", SQUARE, []),
    (r"\det(A^\top + B^\top) = \det(A + B)", SQUARE, []),
    (r"\det(I + XY) = \det(I + YX)", WIDE, []),
    (r"\det(I + cXY) = \det(I + cYX)", (*WIDE, r"c \in \mathbb{R}"), []),
    (r"\det(I + uv^\top) = 1 + u^\top v", VECTORS, []),
    (r"\det(A + uv^\top) = \det(A)(1 + v^\top A^{-1}u)", VECTORS, [r"\det(A) \ne 0"]),
    (r"\ln\det(AB) = \ln\det A + \ln\det B", (*SQUARE, r"A \succ 0", r"B \succ 0"), []),
    (r"\ln\det(AB) = \ln\det A + \ln\det B", SQUARE,
     [r"\det(A B) > 0", r"\det(A) > 0", r"\det(B) > 0"]),
    (r"\ln\det(A^{-1}) = -\ln\det A", (*SQUARE, r"A \succ 0"), []),
    # signs
    (r"\det(A) > 0", (*SQUARE, r"A \succ 0"), []),
    (r"\det(A) \ge 0", (*SQUARE, r"A \succeq 0"), []),
    (r"\det(A + B) > 0", (*SQUARE, r"A \succeq 0", r"B \succ 0"), []),
    (r"u^\top A u \ge 0", (*VECTORS, r"A \succeq 0"), []),
    (r"u^\top (A + I)^{-1} u \ge 0", (*VECTORS, r"A \succeq 0"), []),
    (r"u^\top A^{-1} u \ge 0", (*VECTORS, r"A \succ 0"), []),
    (r"v^\top v \ge 0", VECTORS, []),
    (r"\operatorname{tr}(X^\top X) \ge 0", WIDE, []),
    (r"\|u - v\| \ge 0", VECTORS, []),
    # norms and inner products
    (r"\|cu\| = |c|\|u\|", VECTORS, []),
    (r"\|u\|_2^2 = \langle u, u\rangle", VECTORS, []),
    (r"\|u\|^4 = (u^\top u)^2", VECTORS, []),
    (r"\|X\|_F^2 = \operatorname{tr}(XX^\top)", WIDE, []),
    (r"\langle u, Av\rangle = \langle A^\top u, v\rangle", VECTORS, []),
    # known matrices and entries
    (r"A \mathbf{0}_n = \mathbf{0}", VECTORS, []),
    (r"\mathbf{1}^\top u = \sum_{i=1}^n u_i", VECTORS, []),
    (r"\sum_{i=1}^n u_i v_i = u^\top v", VECTORS, []),
    (r"\sum_{i=1}^n \sum_{j=1}^n u_i A_{ij} v_j = u^\top A v", VECTORS, []),
    (r"\sum_{i=1}^n A_{ii} = \operatorname{tr} A", VECTORS, []),
    (r"\sum_{i=1}^n (u_i - c)^2 = \|u - c\mathbf{1}_n\|^2", VECTORS, []),
    # sums of vectors
    (r"\sum_{i=1}^N A x_i = A\sum_{i=1}^N x_i", (*FAMILY, r"A \in \mathbb{R}^{m \times n}"), []),
    (r"\sum_{i=1}^N (w^\top x_i)^2 = w^\top\left(\sum_{i=1}^N x_i x_i^\top\right)w", FAMILY, []),
    (
        r"\sum_{i=1}^N \sqrt{v^\top x_i}\sqrt{u^\top x_i}(w^\top x_i)"
        r" = \sum_{i=1}^N (w^\top x_i)\sqrt{u^\top x_i}\sqrt{v^\top x_i}",
        (*FAMILY, r"u \in \mathbb{R}^n", r"v \in \mathbb{R}^n"),
        [rf"{c}^{{\top}} x_{{i}} \ge 0 \quad \text{{for }} i = 1, \ldots, N" for c in "vu"],
    ),
    (r"\sum_{j=1}^N x_j x_j^\top = \left(\sum_{i=1}^N x_i x_i^\top\right)^\top", FAMILY, []),
    (r"\sum_{i=1}^N (y_i + 1)x_i = \sum_{i=1}^N y_i x_i + \sum_{i=1}^N x_i", FAMILY, []),
    (r"\operatorname{tr}\left(\sum_{i=1}^N x_i x_i^\top\right) = \sum_{i=1}^N \|x_i\|^2", FAMILY, []),
    (r"\sum_{i=1}^N \sum_{j=1}^N x_i^\top x_j = \left\|\sum_{i=1}^N x_i\right\|^2", FAMILY, []),
    (r"\sum_{i=0}^{N-1} x_{i+1} = \sum_{i=1}^N x_i", FAMILY, []),
    # derivatives
    (r"\nabla_u u^\top A u = (A + A^\top)u", VECTORS, []),
    (r"\nabla_u^2 u^\top A u = A + A^\top", VECTORS, []),
    (r"\nabla_u e^{v^\top u} = e^{v^\top u}v", VECTORS, []),
    (r"\nabla_u \|u\| = \frac{u}{\|u\|}", VECTORS, [r"\left\| u \right\| \ne 0"]),
    (r"\nabla_u \|u\|_2 = \nabla_u \|u\|_2", VECTORS, [r"\left\| u \right\|_{2} \ne 0"]),
    (r"\nabla_u \|u\|^2 = 2u", VECTORS, []),
    (r"\frac{\partial}{\partial u}((v^\top u)Au) = (v^\top u)A + Auv^\top", VECTORS, []),
    (r"\nabla_A \operatorname{tr}(A) = I_n", SQUARE, []),
    (r"\nabla_A \operatorname{tr}(BA^\top) = B", SQUARE, []),
    (r"\nabla_A \det A = \det(A)A^{-\top}", (*SQUARE, r"\det A \ne 0"), []),
    (r"\nabla_A \ln\det A = A^{-1}", (*SQUARE, r"A \succ 0"), []),
    (r"\nabla_A \operatorname{tr}(AB) = B^\top", (*SQUARE, r"A \text{ symmetric}"), []),
    (r"\nabla_A u^\top A^{-1} v = -A^{-\top}uv^\top A^{-\top}", VECTORS, [r"\det(A) \ne 0"]),
    (r"\frac{d}{dc} \ln\det(A + c I) = \operatorname{tr}((A + c I)^{-1})", (*VECTORS, r"c > 0", r"A \succeq 0"), []),
    (r"\frac{d}{dc} (A + cI)^{-1} = -(A + cI)^{-2}", VECTORS, [r"\det(A + c I_{n}) \ne 0"]),
    (r"\nabla_w \sum_{i=1}^N (y_i - x_i^\top w)^2 = 2\sum_{i=1}^N (x_i^\top w - y_i)x_i", FAMILY, []),
    (r"\nabla_w^2 \sum_{i=1}^N e^{x_i^\top w} = \sum_{i=1}^N e^{x_i^\top w}x_i x_i^\top", FAMILY, []),
    # written out
    (r"\begin{pmatrix}1 & 2\\ 3 & 4\end{pmatrix} - 2I = \begin{pmatrix}-1 & 2\\ 3 & 2\end{pmatrix}", (), []),
    (r"\det\begin{pmatrix}1 & 2\\ 3 & 4\end{pmatrix} = -2", (), []),
    # one row and one column
    (r"AB = BA", (r"A, B \in \mathbb{R}^{1 \times 1}",), []),
    (r"A^{-1} = \frac1A", (r"A \in \mathbb{R}^{1 \times 1}",), [r"A \ne 0"]),
    # diagonals, entrywise products, and Hessians of sums
    (r"\operatorname{diag}(u)v = u \odot v", VECTORS, []),
    (r"u \odot v = v \odot u", VECTORS, []),
    (r"u \odot (v + w) = u \odot v + u \odot w", VECTORS, []),
    (r"\operatorname{diag}(u)\operatorname{diag}(v) = \operatorname{diag}(u \odot v)", VECTORS, []),
    (r"\operatorname{diag}(u)^\top = \operatorname{diag}(u)", VECTORS, []),
    (r"(A\operatorname{diag}(u))^\top = \operatorname{diag}(u)A^\top", VECTORS, []),
    (r"v^\top\operatorname{diag}(u) = (u \odot v)^\top", VECTORS, []),
    (r"\operatorname{tr}(\operatorname{diag}(u)) = \sum_{i=1}^n u_i", VECTORS, []),
    (r"(\operatorname{diag}(u))_{ij} = u_i\delta_{ij}", (*VECTORS, *PLACES[2:]), []),
    (r"(u \odot v)_i = u_i v_i", (*VECTORS, *PLACES[2:]), []),
    (r"2u_j = u_j + u_j", (*VECTORS, r"j \in \mathbb{Z}"), [r"j \ge 1", r"j \le n"]),
    (r"\nabla_w (u \odot w) = \operatorname{diag}(u)", VECTORS, []),
    (r"\nabla_w w^\top\operatorname{diag}(u)w = 2u \odot w", VECTORS, []),
    (
        r"\frac{d}{dt} \sum_{i=1}^N e^{t x_i^\top w} x_i x_i^\top"
        r" = \sum_{i=1}^N e^{t x_i^\top w} (x_i^\top w) x_i x_i^\top",
        FAMILY,
        [],
    ),
    (r"\nabla_w^2 \sum_{i=1}^N (x_i^\top w)^3 = 6\sum_{i=1}^N (x_i^\top w) x_i x_i^\top", FAMILY, []),
    (r"\nabla_w^2 \sum_{i=1}^N e^{y_i x_i^\top w} = \sum_{i=1}^N y_i^2 e^{y_i x_i^\top w} x_i x_i^\top", FAMILY, []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "given", "conditions"), RULES)
def test_rules(text: str, given: tuple[str, ...], conditions: list[str]) -> None:
    assert [statement_latex(condition) for condition in verified(text, given).conditions] == conditions


DIFFERENT = "the two sides have different normal forms"
OUTSIDE = "an entry whose place is not known to be in the matrix"
UNSIGNED = "the sign of left − right does not follow"
REFUSED = [
    (r"(AB)^{-1} = A^{-1}B^{-1}", SQUARE, DIFFERENT),
    (r"(A + B)^{-1} = A^{-1} + B^{-1}", SQUARE, DIFFERENT),
    (r"(X^\top X)^{-1} = X^{-1}X^{-\top}", WIDE, "not square"),
    (r"X(X^\top X)^{-1}X^\top = I_n", WIDE, DIFFERENT),
    (r"X^\top(X^\top X)^{-1}X = I", WIDE, "shapes do not fit"),
    (r"A^\top = A", SQUARE, DIFFERENT),
    (r"(AB)^\top = AB", (*SQUARE, r"A, B \text{ symmetric}"), DIFFERENT),
    (r"(A + X)^{-1} = (A + X)^{-1}", (*SQUARE, r"X \in \mathbb{R}^{n \times m}"), "different shape"),
    (r"\operatorname{tr}(ABC) = \operatorname{tr}(ACB)", SQUARE, DIFFERENT),
    (r"\operatorname{tr}(X) = \operatorname{tr}(X)", WIDE, "trace of a matrix that is not square"),
    (r"\operatorname{tr}(XY) = \operatorname{tr}(Y^\top X)", WIDE, "shapes do not fit"),
    (r"\operatorname{tr}(I_n) = m", SQUARE, DIFFERENT),
    (r"\det(X) = \det(X)", WIDE, "determinant of a matrix that is not square"),
    (r"\det(XY) = \det(YX)", WIDE, DIFFERENT),
    (r"\det(A + XY) = \det(A)\det(Y A^{-1} X)", DEFINITE, DIFFERENT),
    (r"\det(X^\top X) = \det(XX^\top)", WIDE, DIFFERENT),
    (r"\det(cA) = c\det A", VECTORS, DIFFERENT),
    (r"\det(A + B) = \det A + \det B", SQUARE, DIFFERENT),
    (r"\det(A + uv^\top) = \det(A) + v^\top A^{-1}u", VECTORS, DIFFERENT),
    (r"\det(A) > 0", SQUARE, UNSIGNED),
    (r"\det(A) > 0", (*SQUARE, r"A \succeq 0"), UNSIGNED),
    (r"\det(A) > 0", (*SQUARE, r"A \text{ symmetric}"), UNSIGNED),
    (r"\det(A - B) > 0", (*SQUARE, r"A, B \succ 0"), UNSIGNED),
    (r"\det(AB + BA) > 0", (*SQUARE, r"A, B \succ 0"), UNSIGNED),
    (r"\det(A + B) > 0", (*SQUARE, r"A \succeq 0", r"B \succeq 0"), UNSIGNED),
    (r"\det(A + uu^\top) \le 0", (*VECTORS, r"A \succeq 0", r"\det(A) \le 0"), UNSIGNED),
    (r"\det(X^\top X + c I) > 0", (*WIDE, r"c \in \mathbb{R}"), UNSIGNED),
    (r"u^\top A u \ge 0", VECTORS, UNSIGNED),
    (r"u^\top (A + I)^{-1} u \ge 0", (*VECTORS, r"A = A^\top"), UNSIGNED),
    (r"u^\top A u > 0", (*VECTORS, r"A \succ 0"), UNSIGNED),
    (r"u^\top A v \ge 0", (*VECTORS, r"A \succ 0"), UNSIGNED),
    (r"u^\top A^\top S A u \ge 0", (*VECTORS, r"S \in \mathbb{R}^{n \times n}", r"S = S^\top"), UNSIGNED),
    (r"\|cu\| = c\|u\|", VECTORS, DIFFERENT),
    (r"\|X\| = \|X\|", WIDE, "several are meant"),
    (r"\|X\|_2 = \|X\|_2", WIDE, "several are meant"),
    (r"\|u\|_1 = \|u\|_1", VECTORS, "norm"),
    (r"\langle u, X\rangle = 0", (*VECTORS, r"X \in \mathbb{R}^{m \times k}"), "shapes do not fit"),
    (r"\sum_{i=1}^m u_i v_i = u^\top v", VECTORS, DIFFERENT),
    (r"\sum_{i=1}^{n} u_i v_i w_i = u^\top v", VECTORS, DIFFERENT),
    (r"\sum_{i=1}^{n+1} u_i = \mathbf{1}^\top u + u_{n+1}", VECTORS, ""),
    (r"\sum_{i=1}^n A_{ij} = \sum_{i=1}^n A_{ji}", (*VECTORS, r"j \in \mathbb{N}", r"j \le n"), DIFFERENT),
    (r"\sum_{i=1}^N x_i x_i^\top = \left(\sum_{i=1}^N x_i\right)\left(\sum_{i=1}^N x_i\right)^\top", FAMILY, DIFFERENT),
    (r"\sum_{i=1}^N y_i x_i = \left(\sum_{i=1}^N y_i\right)\left(\sum_{i=1}^N x_i\right)", FAMILY, DIFFERENT),
    (r"\sum_{i=1}^N x_i = \sum_{i=1}^{N-1} x_i", FAMILY, DIFFERENT),
    (r"\sum_{i=m}^N x_i = \sum_{i=m}^N x_i", FAMILY, "upper bound of a sum may lie below"),
    (r"\nabla_u u^\top A u = 2Au", VECTORS, DIFFERENT),
    (r"\nabla_A \det A = \det(A)B", SQUARE, "a determinant that may be 0"),
    (r"\nabla_A \operatorname{tr}(AB) = B", SQUARE, DIFFERENT),
    (r"\nabla_A \operatorname{tr}(AB) = \frac{B + B^\top}{2}", (*SQUARE, r"A \text{ symmetric}"), DIFFERENT),
    (r"\nabla_A \ln\det A = A^{-1}", (*SQUARE, r"\det A > 0"), DIFFERENT),
    (r"\nabla_A (Au) = u", VECTORS, "of a vector in a matrix"),
    (r"\nabla_u \|u\|^2 = 2u^\top", VECTORS, "different shape"),
    (r"\sum_{i=1}^N \frac{(x_i^\top w)^3}{x_i^\top v} = \sum_{i=1}^N (x_i^\top w)^2", (*FAMILY, VECTORS[1]), DIFFERENT),
    (r"(A + B)_{ij} = A_{ij} + B_{ji}", PLACES, DIFFERENT),
    (r"(A + B)_{ij} = A_{ij} + B_{ij}", PLACES[:-1], OUTSIDE),
    (r"(A + B)_{ji} = A_{ji} + B_{ji}", PLACES[:-1], OUTSIDE),
    (r"A_{ij} + B_{ij} = (A + B)_{ij}", (*SQUARE, r"i, j \in \mathbb{Z}", *PLACES[-2:]), OUTSIDE),
    (r"AB = BA", SQUARE, DIFFERENT),
    (r"A^0 = I", SQUARE, "power of a matrix"),
    (r"A^m = A^m", SQUARE, "power of a matrix"),
    (r"A^{m+2} = A^2", SQUARE, "power of a matrix"),
    (r"A + 1 = 1 + A", SQUARE, "different shape"),
    (r"A + (c - c) = A", VECTORS, "different shape"),
    (r"A - A = c - c", VECTORS, "different shape"),
    (r"(u - u)^\top v = v(u - u)^\top", VECTORS, "different shape"),
    (r"\det(A - A) = A - A", SQUARE, "different shape"),
    (r"u \odot \mathbf{1} = \operatorname{diag}(u)", VECTORS, ""),
    (r"u \odot v = u \odot w", VECTORS, DIFFERENT),
    (r"u \odot v = u \odot v", SIZES_OF_TWO, "differ in size"),
    (r"A \odot A = A \odot A", VECTORS, "not both columns"),
    (r"u \odot A = u \odot A", VECTORS, "not both columns"),
    (r"\operatorname{diag}(A) = \operatorname{diag}(A)", VECTORS, "not a column"),
    (r"\operatorname{diag}(u^\top) = \operatorname{diag}(u)", VECTORS, "not a column"),
    (r"\operatorname{diag}(u)A = A\operatorname{diag}(u)", VECTORS, DIFFERENT),
    (r"\operatorname{diag}(u)\operatorname{diag}(v) = \operatorname{diag}(u + v)", VECTORS, DIFFERENT),
    (r"(\operatorname{diag}(u))_{ij} = (\operatorname{diag}(u))_{ij}", VECTORS, OUTSIDE),
    (r"\nabla_w (u \odot w) = \operatorname{diag}(w)", VECTORS, DIFFERENT),
    (r"\nabla_w^2 \sum_{i=1}^N (x_i^\top w)^3 = 3\sum_{i=1}^N (x_i^\top w) x_i x_i^\top", FAMILY, DIFFERENT),
]  # fmt: skip


@pytest.mark.parametrize(("text", "given", "why"), REFUSED)
def test_not_without_its_condition(text: str, given: tuple[str, ...], why: str) -> None:
    assert why in reason(text, given)
