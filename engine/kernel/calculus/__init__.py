"""Derivatives and integrals of normal forms."""
