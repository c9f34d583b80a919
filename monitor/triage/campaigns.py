"""Campaigns: texts copied across authors and products, and bursts against the product's own rate.

Copies are found through rare three-word shingles and confirmed by edit similarity. Short common phrases look alike by
chance, so a group weighs by how many words of its own it has, not by how alike it is. Bursts state their statistics:
how many were seen, how many were to be expected, and how likely that is by chance after all windows that were tried.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from monitor.triage.lexicon import Lexicon, load_lexicon
from monitor.triage.models import Neighbour
from monitor.triage.normalise import prepare

SIMILAR = 0.75
"""Edit similarity from which two texts count as one text retold."""
CAMPAIGN_SCORE = 1.5
"""Score of a group from which it is called a campaign; see ``CopyGroup.score``."""
_SHINGLE = 3
_COMMONEST = 40
"""A shingle in more texts than this is a phrase of the language, not a trace of copying."""
_CHANCE_WORDS = 4
"""Texts with so few words of their own are written alike by chance, however many authors do."""
_FULL_WEIGHT_WORDS = 10
WINDOWS = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
_LEAST_IN_BURST = 4
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Reviews whose texts are one text retold.

    ``score`` = (distinct authors - 1) x mean similarity x weight, where the weight rises from zero at four words of
    the text's own to one at ten (squared). Two authors with one long text score one at most, which happens
    innocently; three make a campaign; a short phrase never does.
    """

    review_ids: tuple[str, ...]
    authors: int
    products: int
    similarity: float
    score: float

    @property
    def is_campaign(self) -> bool:
        """Whether the group weighs enough to be shown as a campaign."""
        return self.score >= CAMPAIGN_SCORE


@dataclass(frozen=True, slots=True)
class Burst:
    """A stretch with more reviews than the product's own rate explains.

    ``p_value`` is the chance of ``count`` or more in any of the ``windows_tried`` windows (Bonferroni), under a
    negative binomial whose rate is estimated outside the window, widened by the observed ``dispersion``.
    """

    start: datetime
    end: datetime
    count: int
    expected: float
    p_value: float
    windows_tried: int
    dispersion: float


@dataclass(frozen=True, slots=True)
class _Text:
    review: Neighbour
    words: tuple[str, ...]
    own_words: int
    shingles: frozenset[tuple[str, ...]]


def find_copies(reviews: Iterable[Neighbour], *, similar: float = SIMILAR) -> list[CopyGroup]:
    """Groups of near-identical texts by different authors, the heaviest first. Reviews of one author never pair."""
    texts = [_read(review, load_lexicon()) for review in reviews]
    alike: dict[int, dict[int, float]] = defaultdict(dict)
    for one, two in _candidate_pairs(texts):
        author = texts[one].review.author_id
        if author and author == texts[two].review.author_id:
            continue
        similarity = compare_texts(texts[one].words, texts[two].words)
        if similarity >= similar:
            alike[one][two] = alike[two][one] = similarity
    return sorted(_collect(texts, alike), key=lambda group: -group.score)


def find_copies_of(review: Neighbour, others: Sequence[Neighbour]) -> CopyGroup | None:
    """The group of others that retell this review's text, or None.

    The group that ``find_copies`` makes of the review and all others where the review is the first: each text joins
    the first that it resembles, so the others need no comparison with each other.
    """
    lexicon = load_lexicon()
    own = _read(review, lexicon)
    found, similarities = [own], []
    for other in (_read(one, lexicon) for one in others):
        if review.author_id and review.author_id == other.review.author_id:
            continue
        if own.shingles.isdisjoint(other.shingles):
            continue
        similarity = compare_texts(own.words, other.words)
        if similarity >= SIMILAR:
            found.append(other)
            similarities.append(similarity)
    return _weigh_group(found, similarities) if similarities else None


def compare_texts(one: Sequence[str], two: Sequence[str]) -> float:
    """Similarity 0..1 of two texts as words, whatever the order of their sentences."""
    from rapidfuzz import fuzz  # noqa: PLC0415  # only comparisons need it; importing triage stays cheap

    first, second = " ".join(one), " ".join(two)
    return max(fuzz.ratio(first, second), fuzz.token_sort_ratio(first, second)) / 100


def find_bursts(
    times: Iterable[datetime],
    *,
    observed: tuple[datetime, datetime] | None = None,
    windows: Sequence[timedelta] = WINDOWS,
    alpha: float = 0.01,
) -> list[Burst]:
    """Bursts in a stream of moments, the most unlikely first, none overlapping another.

    Args:
        times: When reviews were published, with time zones, in any order.
        observed: Start and end of the time watched; by default from the first to the last moment.
        windows: Lengths tried.
        alpha: Chance of a false alarm accepted for the whole stream.
    """
    moments = sorted(times)
    if len(moments) < _LEAST_IN_BURST:
        return []
    start, end = observed or (moments[0], moments[-1])
    length = max((end - start) / _DAY, 1.0)
    tried = len(moments) * len(windows)
    found = [
        burst
        for window in windows
        if window / _DAY < length / 2
        for burst in _window_bursts(moments, window, length, (tried, alpha))
    ]
    return _without_overlap(sorted(found, key=lambda burst: burst.p_value))


def _window_bursts(
    moments: list[datetime], window: timedelta, length: float, test: tuple[int, float]
) -> Iterator[Burst]:
    """Windows starting at each moment whose count is too high; ``test`` is the windows tried and the level."""
    tried, alpha = test
    days = window / _DAY
    exposure = days / (length - days)
    for index, begin in enumerate(moments):
        last = bisect_left(moments, begin + window)
        count, outside = last - index, len(moments) - (last - index)
        # Dispersion only raises the chance, and costs a pass over the stream: first ask without it.
        if count < _LEAST_IN_BURST or _chance_of_at_least(count, outside, exposure, 1.0) * tried > alpha:
            continue
        dispersion = _dispersion(moments[:index] + moments[last:])
        chance = min(1.0, _chance_of_at_least(count, outside, exposure, dispersion) * tried)
        if chance <= alpha:
            expected = round((outside + 0.5) * exposure, 2)
            yield Burst(begin, begin + window, count, expected, chance, tried, round(dispersion, 2))


def _chance_of_at_least(count: int, outside: int, exposure: float, dispersion: float) -> float:
    """P(K >= count) for a negative binomial: a Poisson whose rate is known only from ``outside`` events elsewhere.

    Args:
        count: Events in the window.
        outside: Events outside of it.
        exposure: Length of the window over the length of the rest.
        dispersion: Variance over mean of daily counts; above one, clumps arrive, so fewer independent events count.
    """
    shape = (outside + 0.5) / dispersion
    needed = math.ceil(count / dispersion)
    log_stay, log_leave = -math.log1p(exposure), math.log(exposure) - math.log1p(exposure)
    below = sum(
        math.exp(math.lgamma(shape + k) - math.lgamma(shape) - math.lgamma(k + 1) + shape * log_stay + k * log_leave)
        for k in range(needed)
    )
    return max(0.0, 1.0 - below)


def _dispersion(moments: list[datetime]) -> float:
    """Variance over mean of the counts per day, at least one."""
    if len(moments) < 2:
        return 1.0
    days = max(1, math.ceil((moments[-1] - moments[0]) / _DAY))
    counts: dict[int, int] = defaultdict(int)
    for moment in moments:
        counts[int((moment - moments[0]) / _DAY)] += 1
    mean = len(moments) / days
    variance = (sum(count * count for count in counts.values()) - len(moments) * mean) / max(1, days - 1)
    return max(1.0, variance / mean)


def _without_overlap(bursts: list[Burst]) -> list[Burst]:
    kept: list[Burst] = []
    for burst in bursts:
        if all(burst.end <= other.start or other.end <= burst.start for other in kept):
            kept.append(burst)
    return kept


def _read(review: Neighbour, lexicon: Lexicon) -> _Text:
    return _Text(review, *_take_apart(review.text, lexicon))


@lru_cache(maxsize=4_096)  # the neighbours of one review are those of the next
def _take_apart(text: str, lexicon: Lexicon) -> tuple[tuple[str, ...], int, frozenset[tuple[str, ...]]]:
    words = tuple(word.plain for word in prepare(text).words)
    own = {word for word in words if len(word) > 2 and "generic" not in lexicon.classes_of(word)}
    return words, len(own), _shingles(words)


def _candidate_pairs(texts: list[_Text]) -> Iterator[tuple[int, int]]:
    """Pairs that share a shingle rare enough to be worth comparing; each pair once."""
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        for shingle in text.shingles:
            holders[shingle].append(index)
    seen: set[tuple[int, int]] = set()
    for indices in holders.values():
        if len(indices) > _COMMONEST:
            # Everything after the first few is compared with those few only, so a flood of copies stays linear.
            pairs = [(one, two) for one in indices[:2] for two in indices[1:] if one < two]
        else:
            pairs = [(one, two) for at, one in enumerate(indices) for two in indices[at + 1 :]]
        for pair in pairs:
            if pair not in seen:
                seen.add(pair)
                yield pair


def _shingles(words: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    if len(words) < _SHINGLE:
        return frozenset({words} if words else ())
    return frozenset(words[at : at + _SHINGLE] for at in range(len(words) - _SHINGLE + 1))


def _collect(texts: list[_Text], alike: dict[int, dict[int, float]]) -> Iterator[CopyGroup]:
    """Each text joins the first text it resembles, so that a chain of small differences makes no group."""
    members: dict[int, list[int]] = {}
    for index in sorted(alike):
        leader = min((other for other in alike[index] if other in members), default=None)
        if leader is None:
            members[index] = [index]
        else:
            members[leader].append(index)
    for leader, indices in members.items():
        if len(indices) > 1:
            yield _weigh_group([texts[at] for at in indices], [alike[leader][at] for at in indices[1:]])


def _weigh_group(texts: list[_Text], similarities: list[float]) -> CopyGroup:
    authors = len({text.review.author_id or text.review.review_id for text in texts})
    own_words = sorted(text.own_words for text in texts)[len(texts) // 2]
    mean = sum(similarities) / len(similarities)
    share = (own_words - _CHANCE_WORDS) / (_FULL_WEIGHT_WORDS - _CHANCE_WORDS)
    weight = min(1.0, max(0.0, share)) ** 2
    return CopyGroup(
        tuple(text.review.review_id for text in texts),
        authors,
        len({text.review.product_id for text in texts}),
        round(mean, 3),
        round((authors - 1) * mean * weight, 3),
    )
