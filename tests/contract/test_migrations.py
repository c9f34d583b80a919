"""A migration happens wholly or not at all, wherever it is stopped; newer stores are refused, older ones copied."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, inspect, text
from sqlalchemy.exc import PendingRollbackError

from monitor.errors import SchemaTooNew, SchemaTooOld, StorageDamaged
from monitor.state import State
from monitor.state.engine import open_engine
from monitor.state.migrating import SCHEMA_HEAD, SCRIPTS, migrate, read_revision
from monitor.state.tables import METADATA
from tests.appeal_world import ACCOUNT, SKU, StoreHome, settle_in
from tests.fixtures_postgres import Cluster

NEXT = '''
"""A later revision, as one may come."""
import sqlalchemy as sa
from alembic import op

revision = "0099"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("colour", sa.Text(), server_default="", nullable=False))
    with op.batch_alter_table("products") as batch:
        batch.add_column(sa.Column("weight", sa.Integer(), nullable=True))
        batch.alter_column("title", existing_type=sa.Text(), nullable=True)
    op.create_table("colours", sa.Column("name", sa.Text(), primary_key=True))
    op.execute("UPDATE accounts SET colour = 'red'")
'''


class Stopped(BaseException):
    """The program dies at this statement."""


@contextmanager
def stopped_at(number: int) -> Iterator[None]:
    """Dies just before the statement of that number; raises nothing when there are fewer."""
    count = 0

    def step(*_: object) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise Stopped

    event.listen(Engine, "before_cursor_execute", step)
    try:
        # Alembic tidies up on its way out and trips over the broken connection; a dead process would not.
        with suppress(Stopped, PendingRollbackError):
            yield
    finally:
        event.remove(Engine, "before_cursor_execute", step)


@pytest.fixture
def next_scripts(tmp_path: Path) -> Path:
    """The revisions of this program and one more."""
    target = tmp_path / "scripts"
    shutil.copytree(SCRIPTS, target)
    (target / "versions" / "0099_next.py").write_text(NEXT.format(head=SCHEMA_HEAD))
    return target


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, folder: Path) -> str:
    """An empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'empty.db'}"
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return cluster.new_database()


def tables_of(url: str) -> set[str]:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return set(inspect(connection).get_table_names())
    finally:
        engine.dispose()


def revision_of(url: str) -> str | None:
    engine = open_engine(url)
    try:
        return read_revision(engine)
    finally:
        engine.dispose()


def test_the_revisions_make_exactly_the_tables(empty_url: str) -> None:
    migrate(empty_url)
    engine = open_engine(empty_url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    engine.dispose()
    assert differences == []


def test_the_newest_revision_is_the_one_the_program_names() -> None:
    assert max(path.name.split("_")[0] for path in (SCRIPTS / "versions").glob("0*.py")) == SCHEMA_HEAD


def test_a_first_migration_stopped_at_any_statement_leaves_nothing(empty_url: str) -> None:
    step = 1 if empty_url.startswith("sqlite") else 9
    for number in range(1, 1_000, step):
        with stopped_at(number):
            migrate(empty_url)
            break
        assert tables_of(empty_url) <= {"alembic_version"}
        assert revision_of(empty_url) is None
    assert revision_of(empty_url) == SCHEMA_HEAD
    assert number > 40


def test_an_upgrade_stopped_at_any_statement_leaves_the_old_schema_and_all_rows(
    home: StoreHome, next_scripts: Path
) -> None:
    with home.open() as state:
        settle_in(state, ["r1"])
    before = tables_of(home.url)
    for number in range(1, 1_000):
        with stopped_at(number):
            migrate(home.url, scripts=next_scripts, head="0099")
            break
        assert revision_of(home.url) == SCHEMA_HEAD
        assert tables_of(home.url) == before
        with home.open() as state, state.read() as tx:
            assert len(tx.reviews.heads(ACCOUNT, SKU)) == 1
    assert revision_of(home.url) == "0099"
    engine = open_engine(home.url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT colour FROM accounts")).scalar() == "red"
        assert connection.execute(text("SELECT count(*) FROM products")).scalar() == 1
    engine.dispose()


KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from monitor.state.migrating import migrate
count = 0
def step(*_):
    global count
    count += 1
    if count == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(Engine, "before_cursor_execute", step)
migrate(sys.argv[1], scripts=Path(sys.argv[2]), head="0099")
"""


@pytest.mark.parametrize("number", [3, 8, 10, 12, 14])
def test_a_killed_upgrade_leaves_the_old_schema(folder: Path, next_scripts: Path, number: int) -> None:
    url = f"sqlite:///{folder / 'state.db'}"
    migrate(url)
    command = [sys.executable, "-c", KILLED, url, str(next_scripts), str(number)]
    ended = subprocess.run(command, check=False, cwd=Path(__file__).parents[2], capture_output=True, timeout=60)
    assert ended.returncode == -9, ended.stderr.decode()
    assert revision_of(url) == SCHEMA_HEAD
    migrate(url, scripts=next_scripts, head="0099")
    assert revision_of(url) == "0099"


def test_an_older_program_refuses_a_newer_store_and_changes_nothing(home: StoreHome, next_scripts: Path) -> None:
    migrate(home.url, scripts=next_scripts, head="0099")
    with pytest.raises(SchemaTooNew, match="0099"):
        home.open()
    assert revision_of(home.url) == "0099"


def test_a_store_that_needs_a_migration_is_refused_where_none_is_allowed(empty_url: str) -> None:
    places = StoreHome(empty_url, Path("unused")).places()
    with pytest.raises(SchemaTooOld):
        State.open(places, may_migrate=False)


def test_a_file_is_copied_before_it_is_changed(folder: Path, next_scripts: Path) -> None:
    url = f"sqlite:///{folder / 'state.db'}"
    migrate(url)
    copy = migrate(url, scripts=next_scripts, head="0099")
    assert copy is not None
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert revision_of(f"sqlite:///{copy}") == SCHEMA_HEAD


def test_a_database_of_something_else_is_left_alone(folder: Path) -> None:
    url = f"sqlite:///{folder / 'other.db'}"
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE recipes (name TEXT)"))
    engine.dispose()
    with pytest.raises(StorageDamaged, match="not made by this program"):
        migrate(url)
    assert tables_of(url) == {"recipes"}


def test_a_file_that_is_no_database_is_refused(folder: Path) -> None:
    (folder / "state.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StorageDamaged):
        migrate(f"sqlite:///{folder / 'state.db'}")


STORE_OF_BEFORE = (
    "INSERT INTO accounts (id, site, title, created_at) VALUES ('main', 'ozon', '', '2026-10-01 08:00:00+00:00')",
    (
        "INSERT INTO products (account_id, sku, url, added_at, baseline_at) VALUES "
        "('main', 'whole', 'u', '2026-10-01 08:00:00+00:00', '2026-10-01 09:00:00+00:00'), "
        "('main', 'cut', 'u', '2026-10-01 08:00:00+00:00', NULL)"
    ),
    (
        "INSERT INTO polls (account_id, sku, health, way, started_at, finished_at, pages_read, rows_seen, stop, "
        "problems) VALUES "
        "('main', 'cut', 'partial', 'fetch_json', '2026-10-02 09:00:00+00:00', '2026-10-02 09:01:00+00:00', "
        "1, 30, 'limit', '[]'), "
        "('main', 'cut', 'wall', 'fetch_json', '2026-10-01 09:00:00+00:00', '2026-10-01 09:01:00+00:00', "
        "1, 0, 'problem', '[]')"
    ),
    (
        "INSERT INTO reviews (account_id, review_id, site, sku, version, content_digest, is_baseline, presence, "
        "published_earliest, first_seen_at, last_seen_at, missing_since) VALUES "
        "('main', 'gone', 'ozon', 'whole', 1, 'd', true, 'gone', NULL, "
        "'2026-10-01 09:00:00+00:00', '2026-10-01 09:00:00+00:00', '2026-10-03 09:00:00+00:00'), "
        "('main', 'unlisted', 'ozon', 'whole', 1, 'd', false, 'unlisted', NULL, "
        "'2026-10-01 09:00:00+00:00', '2026-10-01 09:00:00+00:00', NULL), "
        "('main', 'old', 'ozon', 'cut', 1, 'd', true, 'present', '2026-09-01 09:00:00+00:00', "
        "'2026-10-02 09:01:00+00:00', '2026-10-02 09:01:00+00:00', NULL), "
        "('main', 'late', 'ozon', 'cut', 1, 'd', true, 'present', '2026-10-03 09:00:00+00:00', "
        "'2026-10-03 10:00:00+00:00', '2026-10-03 10:00:00+00:00', NULL)"
    ),
)


def test_rows_of_before_listings_keep_their_meaning_and_lost_news_is_news_again(empty_url: str, folder: Path) -> None:
    migrate(empty_url, head="0007")
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        for statement in STORE_OF_BEFORE:
            connection.execute(text(statement))
    engine.dispose()
    migrate(empty_url)
    with StoreHome(empty_url, folder).open() as state, state.read() as tx:
        products = {product.sku: product for product in tx.products.watched("main")}
        assert {sku: product.listing for sku, product in products.items()} == {"whole": "whole", "cut": "cut"}
        assert products["whole"].is_baseline_whole
        assert not products["cut"].is_baseline_whole
        assert products["cut"].baseline_at == datetime(2026, 10, 2, 9, tzinfo=UTC), "the first reading with rows"
        news = {head.review_id for head in tx.reviews.find("main", only_news=True)}
        assert news == {"unlisted", "late"}
        stood = {row.review_id: (row.listing, row.presence) for row in tx.listings.of("main", "whole")}
        assert stood == {"gone": ("whole", "gone")}
