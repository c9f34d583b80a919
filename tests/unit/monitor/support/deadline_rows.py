"""Terms whose last days were worked out by hand by somebody who had the rules of counting and no program.

Each is (event, number, unit, last day).
"""

from __future__ import annotations

ROWS: tuple[tuple[str, int, str, str], ...] = ()
