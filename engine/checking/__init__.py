"""Claims as people and programs hand them in: LaTeX with what is given and defined beside it, and the answer.

``request`` is what is asked, ``links`` reads a claim, ``comparison`` two answers, ``check`` judges, ``answer`` says;
``claims_file`` and ``workers`` do so for many at once, ``command`` is ``quod check``.
"""
