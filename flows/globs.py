"""Addresses with wildcards: ``*`` is one step of a path, ``**`` any number of them."""

from __future__ import annotations

import re
from functools import cache


@cache
def pattern_of(glob: str) -> re.Pattern[str]:
    """Returns what a whole address must look like."""
    parts = (re.escape(part).replace(re.escape("*"), "[^/]*") for part in glob.split("**"))
    return re.compile(".*".join(parts), re.DOTALL)
