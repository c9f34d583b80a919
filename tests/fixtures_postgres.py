"""A private PostgreSQL for the tests: its own cluster in a temporary folder, reached by a socket, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psutil
import psycopg
import pytest

USER = "fairreview"
PREFIX = "pg-fr-"
OWNER = "owner.pid"


@dataclass
class Cluster:
    """A running cluster; ``new_database`` makes empty databases, or copies of ``template``."""

    bin: Path
    home: Path
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def data(self) -> Path:
        return self.home / "data"

    def url(self, name: str) -> str:
        return f"postgresql://{USER}@/{name}?host={self.home}"

    def new_database(self, *, template: str = "template1") -> str:
        """Makes a database and returns its URL."""
        name = f"test_{next(self.numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def start(self, *, is_durable: bool = False) -> None:
        options = f"-k {self.home} -c listen_addresses= -c max_connections=60 -c unix_socket_permissions=0777"
        if not is_durable:
            options += " -c fsync=off"
        self.control("start", "-w", "-o", options, "-l", str(self.home / "log"))

    def control(self, *arguments: str) -> None:
        run_as_postgres([str(self.bin / "pg_ctl"), "-D", str(self.data), *arguments])


def find_binaries() -> Path | None:
    """Returns the folder of initdb, where there is one."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts)
    return candidates[-1].parent if candidates else None


def run_as_postgres(command: list[str]) -> None:
    """Runs a command as the user the server may run under: it refuses to run as root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.name == "posix" and os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")


def make_cluster() -> Cluster:
    """Makes and starts a cluster.

    Raises:
        LookupError: PostgreSQL is not installed here.
    """
    binaries = find_binaries()
    if binaries is None:
        raise LookupError("PostgreSQL is not installed (no initdb)")
    sweep_left_behind()
    # Short on purpose: a socket's path may have 107 bytes at most.
    home = Path(tempfile.mkdtemp(prefix=PREFIX))
    (home / OWNER).write_text(str(os.getpid()))
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")
    home.chmod(0o755)
    cluster = Cluster(binaries, home)
    run_as_postgres(
        [str(binaries / "initdb"), "-D", str(cluster.data), "-U", USER, "-A", "trust", "-E", "UTF8", "-N", "--locale=C"]
    )
    cluster.start()
    return cluster


def sweep_left_behind() -> None:
    """Removes clusters whose test run was killed before it could."""
    for owner in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{OWNER}"):
        pid = int(owner.read_text() or 0)
        if pid and not psutil.pid_exists(pid):
            binaries = find_binaries()
            if binaries is not None:
                drop_cluster(Cluster(binaries, owner.parent))


def drop_cluster(cluster: Cluster) -> None:
    """Stops the cluster and removes its files."""
    try:
        cluster.control("stop", "-m", "immediate")
    except subprocess.CalledProcessError:
        pass  # it was not running any more
    finally:
        shutil.rmtree(cluster.home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A cluster for the whole session; tests that need it are skipped, with the reason, where there is none."""
    try:
        cluster = make_cluster()
    except (LookupError, KeyError, FileNotFoundError) as error:
        pytest.skip(f"needs PostgreSQL: {error}")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"PostgreSQL does not start: {error.stderr[-300:]!r}")
    try:
        yield cluster
    finally:
        drop_cluster(cluster)
