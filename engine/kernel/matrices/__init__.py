"""Matrices and vectors, of symbolic size and written out."""
