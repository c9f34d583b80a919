from __future__ import annotations

import dataclasses

import pytest

from flows.errors import FlowError, FormMismatch, PageNotReady, SelectorBroken, SiteUnavailable, WallMet
from flows.retrying import RetryPolicy, read_with_retries


class Reader:
    """Fails as told, then answers."""

    def __init__(self, *errors: FlowError) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "read"


def test_what_may_pass_is_read_again() -> None:
    reader = Reader(PageNotReady("late"), SiteUnavailable("504"))

    assert read_with_retries(reader, RetryPolicy.without_backoff()) == "read"
    assert reader.calls == 3


@pytest.mark.parametrize(
    "error", [WallMet("captcha", kind="captcha"), SelectorBroken("gone"), FormMismatch("other form")]
)
def test_what_needs_a_person_or_a_repair_is_not(error: FlowError) -> None:
    reader = Reader(error)

    with pytest.raises(type(error)):
        read_with_retries(reader, RetryPolicy.without_backoff())

    assert reader.calls == 1


def test_the_last_error_comes_out_unchanged() -> None:
    errors = [PageNotReady(str(number)) for number in range(3)]

    with pytest.raises(PageNotReady) as caught:
        read_with_retries(Reader(*errors), RetryPolicy.without_backoff(attempts=3))

    assert caught.value is errors[2]


def test_the_site_is_given_the_time_it_asks_for() -> None:
    paused: list[float] = []
    policy = RetryPolicy(pause=paused.append, first_wait_seconds=0.1, longest_wait_seconds=10)

    read_with_retries(Reader(SiteUnavailable("busy", retry_after=7)), policy)

    assert paused == [7]


def test_a_longer_wait_than_we_have_ends_the_tries() -> None:
    reader = Reader(SiteUnavailable("busy", retry_after=3600))

    paused: list[float] = []

    with pytest.raises(SiteUnavailable):
        read_with_retries(reader, RetryPolicy(pause=paused.append, longest_wait_seconds=10))

    assert (reader.calls, paused) == (1, [])


def test_each_failed_try_is_told() -> None:
    told: list[int] = []
    policy = dataclasses.replace(RetryPolicy.without_backoff(), note=lambda number, *_: told.append(number))

    read_with_retries(Reader(PageNotReady("1"), PageNotReady("2")), policy)

    assert told == [1, 2]
