"""Exercises: one module each, whose ``derive`` yields a Derivation; and the sheets that ship with quod, as TOML."""
