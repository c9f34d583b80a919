"""Precision and recall of complaints found by words, on labelled rows; the texts are not in the project."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from monitor.insight.aspects import Lexicon

LABELS = Path(__file__).parents[1] / "unit" / "monitor" / "insight" / "labelled_rows.jsonl"
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "reviews_corpus.jsonl.gz"


@dataclass
class Score:
    """Hits, false ones and missed ones by aspect."""

    hits: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        """Share of what was found that is there."""
        return self.hits.total() / max(1, self.hits.total() + self.false.total())

    @property
    def recall(self) -> float:
        """Share of what is there that was found."""
        return self.hits.total() / max(1, self.hits.total() + self.missed.total())

    def lines(self) -> list[str]:
        """One line an aspect."""
        return [
            f"{code}: precision {self.hits[code]}/{self.hits[code] + self.false[code]}, "
            f"recall {self.hits[code]}/{self.hits[code] + self.missed[code]}"
            for code in sorted(self.hits | self.false | self.missed)
        ]


def score(lexicon: Lexicon, *, tuned: bool | None) -> Score:
    """Scores the half whose errors were looked at while the words were chosen, the other half, or (None) later rows.

    The later ones were drawn and labelled after all words, by somebody who had not seen what the words found in them.

    Raises:
        ValueError: a row of the corpus is not the one that was labelled.
    """
    labels = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    wanted = {label["row"]: label for label in labels if label["tuned"] is tuned}
    found = Score()
    with gzip.open(CORPUS, "rt", encoding="utf-8") as corpus:
        for number, line in enumerate(corpus):
            if (label := wanted.get(number)) is None:
                continue
            row = json.loads(line)
            if not hashlib.sha256(row["text"].encode()).hexdigest().startswith(label["sha256"]):
                raise ValueError(f"row {number} is another text than the labelled one")
            told, there = lexicon.read(row["text"], row["rating"]).complaints, set(label["complaints"])
            found.hits.update(told & there)
            found.false.update(told - there)
            found.missed.update(there - told)
    return found
