"""Settings that all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# No deadline: the machine may be shared. On a build machine the same examples each time; elsewhere new ones.
settings.register_profile("quod", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("quod")
