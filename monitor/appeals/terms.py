"""What the ledger has to know of a channel, as plain values: the composition root maps the catalog to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flows.catalog.channel_kinds import ChannelKind


@dataclass(frozen=True, kw_only=True)
class ChannelTerms:
    """A channel's abilities, windows and limits. The defaults are the cautious ones.

    Attributes:
        kind: How it files, by the catalog as it is now; None where nobody asks.
        identity: The identity's name in the ledger under which this channel files now; empty where nobody asks.
        has_list: The site shows the account a list of its appeals; only then can absence be proven.
        submits_by_visible_request: The catalog vouches that the gate sees the one request that submits.
        settle_window: How long a stored appeal may take to show in the list; two proofs lie at least this far apart.
        gesture_window: How long after the intent the gesture may be made.
        clock_skew: How much the site's clock may differ from ours.
        filing_window: How long after publication the site takes an appeal; None when not known.
        review_time: How long the site's answer takes; after that a visible review counts as still visible.
        answer_window: How long a question of the site waits for its answer; None when not known.
        opens_dialogue: The gesture opens a ticket; one that is closed may be followed by another.
        between_reads: The two healthy public reads that settle an outcome lie at least this far apart.
        max_reappeals: Further attempts after a rejection.
        daily_cap: Gestures an account may make in any 24 hours.
        pace: Least time between two gestures of an account.
        rejections_before_cool_down: So many rejections within ``cool_down`` start a pause of that length.
        max_returns: How often an attempt may be given back before a person must look.
        change_of_mind: How long a schedule leaves an approval alone, so that a person can take it back.
        stops_on_unknown: One unknown outcome stops the account's further filings until it is reconciled.
        zone: The installation's zone, in which people are told moments.
    """

    channel: str
    has_list: bool
    kind: ChannelKind | None = None
    identity: str = ""
    submits_by_visible_request: bool = False
    settle_window: timedelta = timedelta(minutes=15)
    gesture_window: timedelta = timedelta(minutes=5)
    clock_skew: timedelta = timedelta(minutes=10)
    filing_window: timedelta | None = None
    review_time: timedelta = timedelta(days=14)
    answer_window: timedelta | None = None
    opens_dialogue: bool = False
    between_reads: timedelta = timedelta(minutes=30)
    max_reappeals: int = 0
    daily_cap: int = 20
    pace: timedelta = timedelta(minutes=2)
    rejections_before_cool_down: int = 3
    cool_down: timedelta = timedelta(hours=24)
    max_returns: int = 3
    change_of_mind: timedelta = timedelta(minutes=10)
    stops_on_unknown: bool = True
    zone: str = "UTC"
