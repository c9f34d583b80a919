"""What may be said of a change: the third answer, how many reviews it needs, no effect without a comparison."""

from __future__ import annotations

import pytest

from monitor.insight.digesting import tell_mix
from monitor.insight.effects import Answer, BeforeAfter, judge_effect
from monitor.insight.findings import compare_mix, find_moves
from monitor.insight.shares import Count

FIXED = BeforeAfter(Count(30, 200), Count(12, 200))
STEADY = BeforeAfter(Count(40, 400), Count(38, 380))
FELL_LIKEWISE = BeforeAfter(Count(60, 400), Count(24, 400))


def test_a_fall_alone_is_told_but_is_no_effect() -> None:
    found = judge_effect(FIXED)

    assert (found.answer, found.is_compared) == (Answer.FELL, False)


def test_a_fall_beyond_that_of_comparable_products_is_an_effect() -> None:
    found = judge_effect(FIXED, STEADY)

    assert (found.answer, found.is_compared) == (Answer.FELL, True)


def test_what_fell_everywhere_is_not_put_down_to_the_change() -> None:
    assert judge_effect(FIXED).answer is Answer.FELL
    assert judge_effect(FIXED, FELL_LIKEWISE).answer is Answer.CANNOT_TELL


def test_a_rise_is_told() -> None:
    assert judge_effect(BeforeAfter(Count(12, 200), Count(30, 200)), STEADY).answer is Answer.ROSE


@pytest.mark.parametrize("counts", [(0, 7), (2, 7)])
def test_too_few_on_a_side_are_no_share(counts: tuple[int, int]) -> None:
    little = Count(*counts)

    assert judge_effect(BeforeAfter(little, Count(0, 100))).answer is Answer.TOO_FEW
    assert judge_effect(BeforeAfter(Count(50, 100), little)).answer is Answer.TOO_FEW


def test_comparable_products_with_too_few_reviews_are_none() -> None:
    assert not judge_effect(FIXED, BeforeAfter(Count(1, 7), Count(1, 100))).is_compared


def test_more_reviews_are_asked_for_while_it_cannot_be_told() -> None:
    found = judge_effect(BeforeAfter(Count(60, 300), Count(4, 30)))

    assert found.answer is Answer.CANNOT_TELL
    assert found.more_reviews is not None
    later = judge_effect(
        BeforeAfter(Count(60, 300), Count(round(0.1 * (30 + found.more_reviews)), 30 + found.more_reviews))
    )
    assert later.answer is Answer.FELL


def test_no_number_is_named_where_none_helps() -> None:
    found = judge_effect(BeforeAfter(Count(3, 12), Count(1, 12)))

    assert found.more_reviews is None
    assert found.least_fall > 0.25
    assert found.visible_fall is None


def test_the_fall_that_would_be_seen_shrinks_with_more_reviews() -> None:
    falls = [judge_effect(BeforeAfter(Count(40, 200), Count(20, total))).visible_fall for total in (100, 200, 800)]

    assert all(fall is not None for fall in falls)
    assert sorted(falls, key=lambda fall: -(fall or 0)) == falls


def shop(**changed: tuple[Count, Count]) -> dict[tuple[str, str], tuple[Count, Count]]:
    """Ten products with the same share before and after, but for those named."""
    steady = (Count(6, 120), Count(6, 120))
    return {(f"p{number}", "size"): changed.get(f"p{number}", steady) for number in range(10)}


def test_a_defect_of_one_product_is_its_own() -> None:
    found = [move for move in find_moves(shop(p3=(Count(6, 120), Count(30, 120)))) if move.is_found]

    assert [(move.product, move.is_rise, move.is_own) for move in found if move.product] == [("p3", True, True)]


def test_what_rose_everywhere_is_the_shops_and_no_products_own() -> None:
    risen = {f"p{number}": (Count(12, 120), Count(26, 120)) for number in range(10)}
    found = [move for move in find_moves(shop(**risen)) if move.is_found]

    assert found[0].product is None
    assert not any(move.is_own for move in found)


def test_products_with_too_few_reviews_are_not_tested_alone() -> None:
    moves = find_moves({("p", "size"): (Count(0, 7), Count(7, 7)), ("q", "size"): (Count(1, 90), Count(2, 90))})

    assert {move.product for move in moves} == {"q", None}


def test_nothing_to_test_finds_nothing() -> None:
    assert find_moves({}) == []


def test_a_mix_is_named_only_where_the_products_stood_still() -> None:
    before = {"A": Count(10, 200), "B": Count(40, 100)}

    assert compare_mix(before, {"A": Count(5, 100), "B": Count(160, 400)}).is_moved
    assert not compare_mix(before, {"A": Count(60, 200), "B": Count(70, 100)}).is_moved
    assert not compare_mix(before, before).is_moved


def test_a_mix_that_explains_half_is_told_as_a_part_and_one_that_explains_little_not_at_all() -> None:
    before = {"A": Count(10, 60), "B": Count(18, 40)}
    half = compare_mix(before, {"A": Count(10, 40), "B": Count(37, 60)})
    little = compare_mix(before, {"A": Count(16, 58), "B": Count(27, 42)})

    assert (half.is_moved, half.is_whole) == (True, False)
    assert half.explained == pytest.approx((0.47 - (0.6 * 0.25 + 0.4 * 37 / 60)) / 0.19)
    assert "Отчасти" in tell_mix(half)
    assert not little.is_moved
    whole = compare_mix({"A": Count(10, 200), "B": Count(40, 100)}, {"A": Count(5, 100), "B": Count(160, 400)})
    assert whole.is_whole
    assert "Отчасти" not in tell_mix(whole)
