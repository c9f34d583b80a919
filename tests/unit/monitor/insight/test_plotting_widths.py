"""A chart drawn for a telephone: everything inside its width, labels apart."""

from __future__ import annotations

import re
from itertools import pairwise

from monitor.insight.plotting import NARROW, WIDE, Point, draw_shares

POINTS = [Point(f"{day:02}.11", 0.1 + day / 100, 0.05, 0.3) for day in range(1, 15)]


def test_a_narrow_chart_stays_inside_and_keeps_its_labels_apart() -> None:
    for width in (NARROW, WIDE):
        drawn = draw_shares(POINTS, title="t", width=width)
        labels = [float(x) for x in re.findall(r'<text x="([\d.]+)" y="168"', drawn)]

        assert f'viewBox="0 0 {width} 190"' in drawn
        assert max(float(x) for x in re.findall(r'(?:cx|x2|x1)="([\d.]+)"', drawn)) <= width
        assert len(labels) >= 4
        assert min(after - before for before, after in pairwise(labels)) >= 35
        assert drawn.count("<circle") == len(POINTS)
