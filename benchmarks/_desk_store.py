"""A shop that the installed command made on the mock, with drafts that wait, grown to the size of many years."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from evidence_store.digests import Digest
from evidence_store.entries import Entry, EntryBody, Head, build_entry
from evidence_store.journal import Actor
from mock_site.server import MockSite
from mock_site.world import NewReview
from monitor.config.home import Home
from monitor.software import software_versions
from tests.e2e.installed import Installed, install
from tests.e2e.prepared import sign_in, succeed

ACCOUNT = "shop"
CAPS = {"caps": {"appeals_per_day": 100, "pause": "1s"}}
LIMIT = 600.0  # seconds of one command
_SOUND = 200  # entries on top of the made-up ones: more than the desk looks at
INSULT = "Продавец — дебил и хам, таких лечить надо. Больше сюда ни ногой, номер {number}."


@dataclass(frozen=True)
class Sizes:
    """How much the store holds.

    Attributes:
        waiting: Reviews that wait for a decision beside those of ``drafts``.
        drafts: Reviews of the mock that were captured and judged: these can be approved and filed.
    """

    reviews: int
    appeals: int
    entries: int
    waiting: int
    drafts: int


def make_shop(folder: Path, site: MockSite, sizes: Sizes) -> Installed:
    """Makes a shop by the installed command, then fills its store."""
    shop = make_small_shop(folder, site, sizes.drafts)
    fill(shop.home, sizes)
    return shop


def make_small_shop(folder: Path, site: MockSite, drafts: int) -> Installed:
    """Signs in, reads, captures and judges so many reviews on the mock by the installed command."""
    made = install(folder / "home", site, **CAPS)
    patient = {"FAIRREVIEW_WINDOWS__CAPTURE_DEADLINE": "60m"}
    shop = Installed(made.home, site, limit=LIMIT, variables=patient)
    succeed(sign_in(shop))
    succeed(shop.run("poll"))
    written = [NewReview(kind="insult", rating=1, text=INSULT.format(number=one)) for one in range(drafts)]
    reviews = [site.world.add_review(at % 2, one).uuid for at, one in enumerate(written)]
    succeed(shop.run("poll"))
    succeed(shop.run("capture", *reviews))
    return shop


def fill(home: Path, sizes: Sizes) -> None:
    """Copies rows until there are so many; all but the last entry of the log are made up."""
    with contextlib.closing(sqlite3.connect(Home(home).database)) as store, store:
        _copy(store, "reviews", sizes.reviews, {"review_id": "'b' || n", "is_baseline": "1", "rating": "1 + n % 5"})
        _copy(store, "review_versions", sizes.reviews, {"review_id": "'b' || n"})
        many = sizes.appeals + sizes.waiting
        store.execute(
            "UPDATE reviews SET is_baseline = 0, rating = 1 "
            "WHERE review_id GLOB 'b[0-9]*' AND CAST(substr(review_id, 2) AS INT) <= ?",
            (many,),
        )
        _copy(store, "cases", many, {"id": "'case_b' || n", "review_id": "'b' || n"})
        _copy(store, "verdicts", many, {"id": "1000000 + n", "case_id": "'case_b' || n"})
        _copy(
            store,
            "appeals",
            sizes.appeals,
            {
                "id": "'appeal_b' || n",
                "case_id": "'case_b' || n",
                "review_id": "'b' || n",
                "state": "CASE n % 50 WHEN 0 THEN 'unknown' WHEN 1 THEN 'approved' ELSE 'confirmed' END",
                "moderation": "CASE WHEN n % 50 < 2 THEN '' WHEN n % 4 = 0 THEN 'in_review' ELSE 'rejected' END",
                "closed_at": "CASE WHEN n % 4 = 0 OR n % 50 < 2 THEN NULL ELSE updated_at END",
                "updated_at": "datetime(updated_at, '-' || n || ' seconds') || '.000000'",
            },
        )
        _grow_log(store, Home(home), sizes.entries)
    with contextlib.closing(sqlite3.connect(Home(home).database)) as store:
        store.execute("ANALYZE")


def _grow_log(store: sqlite3.Connection, home: Home, entries: int) -> None:
    """Makes entries up, and some on top that are as they should be: the newest part of the log holds together."""
    [(chain, last, digest)] = store.execute(
        "SELECT chain, seq, digest FROM journal_heads WHERE account_id = ?", (ACCOUNT,)
    )
    made_up = {"seq": f"{last} + n", "subject": "'b' || (n % 300000)", "digest": "digest || n"}
    _copy(store, "journal_entries", entries - _SOUND, made_up)
    actor = Actor(kind="system", id="benchmark")
    below = last + entries - _SOUND
    head = Head(chain=chain, seq=below, count=below, digest=Digest.parse(digest))
    with (home.action_log / f"{chain}.jsonl").open("ab") as mirror:
        for _ in range(_SOUND):
            body = EntryBody(
                at=datetime.now(UTC), actor=actor, account=ACCOUNT, action="poll.complete", software=software_versions()
            )
            entry = build_entry(head, body)
            head = entry.head
            _insert(store, entry, like=(last, chain))
            mirror.write(entry.to_line())
    store.execute("UPDATE journal_heads SET seq = ?, digest = ? WHERE chain = ?", (head.seq, str(head.digest), chain))


def _insert(store: sqlite3.Connection, entry: Entry, *, like: tuple[int, str]) -> None:
    header, body = entry.header, entry.read_body()
    assert body is not None
    told = (header.seq, str(header.prev), str(header.body_digest), str(entry.digest), entry.body, body.action)
    store.execute(
        "INSERT INTO journal_entries (chain, seq, format, prev, body_digest, digest, body, action, subject, written_at)"
        " SELECT chain, ?, format, ?, ?, ?, ?, ?, '', written_at FROM journal_entries WHERE seq = ? AND chain = ?",
        (*told, *like),
    )


def _copy(store: sqlite3.Connection, table: str, count: int, changed: dict[str, str]) -> None:
    columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
    given = ", ".join(changed.get(name, name) for name in columns)
    store.execute(
        f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) "
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {given} FROM (SELECT * FROM {table} LIMIT 1), numbers"
    )
