"""The record of a sheet, ``sheet.json``: what was claimed, printed and proved, in a form that can be checked again.

Written by :func:`~engine.record.writing.record_of`; :func:`~engine.record.recheck.recheck` verifies it with the
kernel alone. A record holds (dataclasses as :mod:`engine.record.codec` writes them)::

    {"quod": version, "record": 1, "title": …, "course": …, "contexts": [Context, …],
     "exercises": [{"title": …, "question": …, "source": …, "blocks": [Block, …], "steps": [
        {"step": Step, "printed": LaTeX, "verdict": "proved", "certificate": Certificate,
         "conditions": [Statement, …], "conditions_printed": [LaTeX, …], "rests_on": [theorem, …]}
        {…, "verdict": "refuted", "witness": Model, "left": [low, high], "right": [low, high]}
        {…, "verdict": "open", "reason": words}, …]}, …],
     "digest": "sha256:…"}

Contexts and steps are stored once; ``{"see": "Context", "number": 3}`` refers to them. The digest is taken over
everything else, as JSON with sorted keys and without spaces.
"""
