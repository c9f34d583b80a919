"""Makes the weights of the second opinion anew: ``python3 run.py train``. Needs scikit-learn, which users do not.

The texts in ``training_a`` and ``training_b`` beside this file were written for this by people who had read neither the
rules nor any data, those in ``training_c`` by one who had read the rules; each line: ``text``, ``stars``, ``kind``
(``fair``, or what it breaks). The first six first-sight sets, long known, are learnt from too; later ones are not. The
threshold is set on writers the model has not seen: trained on all files but one, asked about that one.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.triage.normalise import prepare
from monitor.triage.signals.second_opinion import BUCKETS, FORMAT_VERSION, WEIGHTS, Model, buckets_of

_HERE = Path(__file__).parent
WRITTEN = tuple(_HERE / f"training_{writer}.jsonl" for writer in "abc")
TEXTS = (*WRITTEN, *(_HERE / f"first_sight_{number}.jsonl" for number in range(1, 7)))
_STRENGTH = 10.0
"""How far the weights may follow the texts (scikit-learn's ``C``)."""
_LARGEST = 127
_KINDS = {"do_not_file": "fair", "file": "breach", "needs_person": ""}
"""What a case of a first-sight set is learnt as; what only a person can weigh is left out."""
_FAIR_SHOWN = 0.017
"""Share of fair texts by an unseen writer that may be shown to a person."""


@dataclass(frozen=True, slots=True)
class _Example:
    buckets: frozenset[int]
    is_breach: bool


def train(paths: Sequence[Path]) -> str:
    """The file of weights as text, the same bytes for the same texts.

    Args:
        paths: One file a writer; at least two, so that the threshold is set on texts of another hand.
    """
    writers = [_read(path) for path in paths]
    unseen: list[float] = []
    for writer in writers:
        model = _fit([example for other in writers if other is not writer for example in other])
        unseen += [model.score(example.buckets) for example in writer if not example.is_breach]
    model = _fit([example for writer in writers for example in writer])
    allowed = math.floor(len(unseen) * _FAIR_SHOWN)
    threshold = sorted(unseen, reverse=True)[allowed]
    return _write(model, threshold)


def _read(path: Path) -> list[_Example]:
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    told = [(row["text"], row["kind"] if "kind" in row else _KINDS[row["want"]["verdict"]]) for row in rows]
    return [_Example(buckets_of(prepare(text)), kind != "fair") for text, kind in told if kind]


def _fit(examples: Sequence[_Example]) -> Model:
    """A logistic regression over the buckets, its weights rounded to what the file can hold."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415  # development only: users have neither
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    columns = [bucket for example in examples for bucket in sorted(example.buckets)]
    values = [1 / math.sqrt(len(example.buckets)) for example in examples for _ in example.buckets]
    ends = [0]
    for example in examples:
        ends.append(ends[-1] + len(example.buckets))
    table = csr_matrix((values, columns, ends), shape=(len(examples), BUCKETS))
    fitted = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0).fit(
        table, [example.is_breach for example in examples]
    )
    exact = [float(weight) for weight in fitted.coef_[0]]
    scale = round(max(map(abs, exact)) / _LARGEST, 5)
    weights = tuple(max(-_LARGEST, min(_LARGEST, round(weight / scale))) for weight in exact)
    return Model(weights, scale, round(float(fitted.intercept_[0]), 3), 0.0)


def _write(model: Model, threshold: float) -> str:
    stored = {
        "format_version": FORMAT_VERSION,
        "bias": model.bias,
        "scale": model.scale,
        "threshold": round(threshold + 0.01, 2),
        "weights": base64.b64encode(bytes(weight + 128 for weight in model.weights)).decode(),
    }
    return json.dumps(stored, indent=1) + "\n"


if __name__ == "__main__":
    WEIGHTS.write_text(train(TEXTS), encoding="utf-8", newline="\n")
