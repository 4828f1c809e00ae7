"""Values at a point, enclosed between rationals."""
