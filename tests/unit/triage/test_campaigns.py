"""Copied texts and bursts, measured on simulated streams with known campaigns."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.triage.campaigns import CAMPAIGN_SCORE, find_bursts, find_copies, find_copies_of
from monitor.triage.models import Neighbour

START = datetime(2026, 1, 1, tzinfo=UTC)
SUBJECTS = [
    "сумка",
    "куртка",
    "лампа",
    "чайник",
    "книга",
    "кружка",
    "плед",
    "рюкзак",
    "коврик",
    "фонарь",
    "термос",
    "зонт",
]
PARTS = [
    "ручка",
    "молния",
    "крышка",
    "подкладка",
    "кнопка",
    "шов",
    "провод",
    "носик",
    "обложка",
    "дно",
    "ремень",
    "замок",
    "стекло",
    "каркас",
]
FAILS = [
    "оторвалась",
    "треснула",
    "протекает",
    "заедает",
    "отклеилась",
    "погнулась",
    "шатается",
    "скрипит",
    "ржавеет",
    "выцвела",
]
WHEN = [
    "сразу",
    "вечером",
    "через",
    "неделю",
    "за",
    "месяц",
    "после",
    "стирки",
    "на",
    "морозе",
    "в",
    "дороге",
    "дома",
    "на",
    "даче",
    "зимой",
    "летом",
]
WORDS = [*SUBJECTS, *PARTS, *FAILS, *WHEN]


def sentence(rng: random.Random) -> str:
    return f"{rng.choice(SUBJECTS)} {rng.choice(WHEN)} {rng.choice(PARTS)} {rng.choice(FAILS)}"


def natural_text(rng: random.Random) -> str:
    return ". ".join(sentence(rng) for _ in range(rng.randint(2, 5)))


def retold(text: str, rng: random.Random, share: float) -> str:
    words = text.split()
    for index in range(len(words)):
        if rng.random() < share:
            words[index] = rng.choice(PARTS + FAILS)
    return " ".join(words)


def stream(rng: random.Random, *, copies: int) -> list[Neighbour]:
    texts = [natural_text(rng) for _ in range(60)]
    original = ". ".join(sentence(rng) for _ in range(4))
    texts += [retold(original, rng, 0.08) for _ in range(copies)]
    return [Neighbour(review_id=f"r{i}", text=text, author_id=f"a{i}") for i, text in enumerate(texts)]


def area_under_roc(positives: list[float], negatives: list[float]) -> float:
    wins = sum((p > n) + 0.5 * (p == n) for p in positives for n in negatives)
    return wins / (len(positives) * len(negatives))


def test_copy_campaigns_stand_out_in_simulated_streams() -> None:
    rng = random.Random(7)
    with_campaign = [max((g.score for g in find_copies(stream(rng, copies=5))), default=0.0) for _ in range(30)]
    without = [max((g.score for g in find_copies(stream(rng, copies=0))), default=0.0) for _ in range(30)]
    assert area_under_roc(with_campaign, without) > 0.98
    assert sum(score >= CAMPAIGN_SCORE for score in with_campaign) >= 27
    assert sum(score >= CAMPAIGN_SCORE for score in without) == 0


def test_phrases_that_look_alike_by_chance_make_no_campaign() -> None:
    reviews = [
        Neighbour(review_id=f"r{i}", text=text, author_id=f"a{i}")
        for i, text in enumerate(["Приятная пряжа, вяжу второй свитер", "приятная пряжа,вяжу второй свитер."] * 10)
    ]
    assert not any(group.is_campaign for group in find_copies(reviews))


def test_one_author_repeating_himself_is_no_campaign() -> None:
    text = natural_text(random.Random(1))
    reviews = [Neighbour(review_id=f"r{i}", text=text, author_id="same", product_id=f"p{i}") for i in range(6)]
    assert find_copies(reviews) == []


def test_the_copies_of_one_review_are_found_among_others() -> None:
    rng = random.Random(3)
    others = stream(rng, copies=4)
    copy = others[-1]
    group = find_copies_of(copy, others[:-1])
    assert group is not None
    assert copy.review_id in group.review_ids
    assert find_copies_of(others[0], others[1:]) is None


def test_a_flood_of_equal_texts_is_grouped() -> None:
    text = "сумка зимой ручка оторвалась. чайник дома крышка треснула. лампа летом провод отклеилась"
    reviews = [Neighbour(review_id=f"r{i}", text=text, author_id=f"a{i}") for i in range(300)]
    groups = find_copies(reviews)
    assert [group.authors for group in groups] == [300]


def poisson_stream(rng: random.Random, *, rate: float, days: int) -> list[datetime]:
    moments, at = [], rng.expovariate(rate)
    while at < days:
        moments.append(START + timedelta(days=at))
        at += rng.expovariate(rate)
    return moments


@pytest.mark.parametrize("rate", [0.05, 0.3, 1.0])
def test_bursts_are_found_and_calm_streams_left_alone(rate: float) -> None:
    rng = random.Random(11)
    false_alarms = found = 0
    for _ in range(40):
        calm = poisson_stream(rng, rate=rate, days=365)
        false_alarms += bool(find_bursts(calm))
        attack = START + timedelta(days=rng.uniform(30, 330))
        size = 8 + int(6 * rate)
        storm = calm + [attack + timedelta(hours=rng.uniform(0, 36)) for _ in range(size)]
        found += any(burst.start <= attack + timedelta(days=2) and attack <= burst.end for burst in find_bursts(storm))
    assert false_alarms <= 2
    assert found >= 36


def test_the_burst_score_separates_attacked_streams() -> None:
    rng = random.Random(5)
    attacked: list[float] = []
    calm_scores: list[float] = []
    for _ in range(40):
        calm = poisson_stream(rng, rate=0.2, days=200)
        start = START + timedelta(days=100)
        storm = calm + [start + timedelta(hours=rng.uniform(0, 48)) for _ in range(6)]
        for stream_, scores in ((storm, attacked), (calm, calm_scores)):
            found = find_bursts(stream_, alpha=0.99)
            scores.append(-found[0].p_value if found else -1.0)
    assert area_under_roc(attacked, calm_scores) > 0.95


def test_a_burst_states_its_own_statistics() -> None:
    calm = [START + timedelta(days=10 * number) for number in range(30)]
    storm = [START + timedelta(days=155, hours=number) for number in range(8)]
    burst = find_bursts(calm + storm)[0]
    assert burst.count >= 8
    assert burst.expected < 1
    assert burst.p_value < 0.01
    assert burst.windows_tried == len(calm + storm) * 3


def test_a_handful_of_reviews_is_never_a_burst() -> None:
    assert find_bursts([START, START, START]) == []


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_group_of_one_review_is_the_one_that_all_pairs_give(seed: int) -> None:
    rng = random.Random(seed)
    bodies = [" ".join(rng.choice(WORDS) for _ in range(rng.randrange(1, 12))) for _ in range(4)]
    texts = [" ".join([*rng.choice(bodies).split()[rng.randrange(2) :], rng.choice(WORDS)]) for _ in range(60)]
    reviews = [
        Neighbour(review_id=f"r{number}", text=text, author_id=f"a{rng.randrange(30)}", product_id="1")
        for number, text in enumerate(texts)
    ]

    whole = [group for group in find_copies(reviews) if "r0" in group.review_ids]

    assert find_copies_of(reviews[0], reviews[1:]) == (whole[0] if whole else None)
