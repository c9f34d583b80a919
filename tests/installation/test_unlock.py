"""A passphrase is typed once: a keeper in a process of its own holds the secrets open, and forgets them in time."""

from __future__ import annotations

import base64
import contextlib
import os
import pty
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from monitor.config.home import Home
from monitor.errors import SecretsUnavailable
from monitor.files.locks import file_lock
from monitor.secrets.keeper import Reading
from monitor.secrets.kept import LOCK_NAME, SOCKET_NAME, Asked, KeepOrder, ask_keeper, find_kept, kept_open
from monitor.secrets.redaction import Redactor
from monitor.secrets.stores import SealedFiles, create_store, open_store
from monitor.secrets.unlocking import KEEPER_COMMAND, Keeping, lock
from tests.desk_world import ACCOUNT, account_section, make_desk_home
from tests.e2e.installed import COMMAND, PASSPHRASE, Done, environment
from tests.quick_secrets import create_quick_store

HOUR = timedelta(hours=1)
NOBODY = 65_534
LIMIT = 30.0  # seconds: how long a state is waited for


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with nothing but secrets behind a passphrase."""
    home = Home(tmp_path / "home")
    home.create()
    home.runs.mkdir(mode=0o700)
    create_quick_store(home.secrets, PASSPHRASE)
    return home


@pytest.fixture
def whole(tmp_path: Path) -> Home:
    """A whole home; its account rests, so that no visit begins."""
    resting = {**account_section(ACCOUNT, ["1001"]), "paused": True}
    home = Home(make_desk_home(tmp_path / "whole", account=[resting]).home)
    create_quick_store(home.secrets, PASSPHRASE)
    return home


@pytest.fixture
def store(home: Home) -> SealedFiles:
    return open_store(home.secrets, ask_passphrase=lambda: PASSPHRASE)


@pytest.fixture
def kept(home: Home, store: SealedFiles) -> Iterator[Home]:
    """The home, held open for an hour."""
    keeping(home).unlock(store, HOUR)
    yield home
    lock(home.runs)


def keeping(home: Home) -> Keeping:
    return Keeping(home.secrets, home.runs, environment())


def run(home: Home, *words: str) -> Done:
    done = subprocess.run(
        [str(COMMAND), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**environment(), "FAIRREVIEW_HOME": str(home.root)},
    )
    return Done(done.returncode, done.stdout, done.stderr)


@contextlib.contextmanager
def typing(home: Home, *words: str, until: str) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a command at a terminal, types the passphrase where it asks, and goes on once it said something."""
    leader, follower = pty.openpty()
    child = subprocess.Popen(
        [str(COMMAND), *words],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**environment(), "FAIRREVIEW_HOME": str(home.root)},
        start_new_session=True,
    )
    os.close(follower)
    told, asked = "", False
    try:
        while until not in told:
            told += os.read(leader, 65_536).decode("utf-8", "replace")
            if not asked and told.endswith("Passphrase: "):
                asked = True
                os.write(leader, f"{PASSPHRASE}\n".encode())
        yield child
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
        with contextlib.suppress(OSError):  # the terminal ends with its last program
            while os.read(leader, 65_536):
                pass
        child.wait(60)
        os.close(leader)


def is_forgotten(home: Home) -> bool:
    """Waits until the keeper's process has ended, which gives its lock back; then nobody answers any more."""
    with file_lock(home.runs / LOCK_NAME).acquire(timeout=LIMIT):
        return kept_open(home.runs) is None and not (home.runs / SOCKET_NAME).exists()


def test_after_unlock_no_command_asks(whole: Home) -> None:
    before = run(whole, "evidence", "checkpoint")
    assert before.code == 4
    assert "fairreview unlock" in before.err
    with typing(whole, "unlock", "--for", "30m", until="open for commands") as unlocking:
        unlocking.wait(60)
    signed = run(whole, "evidence", "checkpoint")
    assert signed.code == 0, signed.err
    shown = run(whole, "status", "--json").data()
    assert (shown["secrets"], shown["asks_passphrase"]) == ("file", False)
    assert shown["open_until"] is not None
    assert run(whole, "lock").code == 0
    assert is_forgotten(whole)
    assert run(whole, "evidence", "checkpoint").code == 4


def test_a_running_watch_keeps_them_open_until_it_ends(whole: Home) -> None:
    with typing(whole, "watch", until="or until `watch` ends"):
        shown = run(whole, "status")
        assert shown.code == 0
        assert f"Watched now: {ACCOUNT}" in shown.out
        assert run(whole, "evidence", "checkpoint").code == 0
    assert is_forgotten(whole)


def test_a_visit_gets_what_is_its_accounts_and_a_command_nothing_that_signs_in(kept: Home, store: SealedFiles) -> None:
    for name in ("session/shop/site", "session/other/site", "account/shop/site/totp", "signing/ed25519"):
        store.save(name, name.encode())
    visit, command = find_kept(kept.runs, Redactor(), account="shop"), find_kept(kept.runs, Redactor())
    assert visit is not None
    assert command is not None
    for name in ("session/shop/site", "account/shop/site/totp", "signing/ed25519"):
        found = visit.load(name)
        assert found is not None
        assert found.value == name.encode()
    for name in ("session/other/site", "session/shopper/site"):
        with pytest.raises(SecretsUnavailable, match="does not give this secret out"):
            visit.load(name)
        with pytest.raises(SecretsUnavailable, match="does not give this secret out"):
            visit.save(name, b"x")
    assert "session/other/site" not in visit.names()
    assert command.load("signing/ed25519") is not None
    assert command.saved_at("session/shop/site") is not None
    for name in ("session/shop/site", "account/shop/site/totp"):
        with pytest.raises(SecretsUnavailable, match="does not give this secret out"):
            command.load(name)
    visit.save("session/shop/site", b"newer")
    stored = store.load("session/shop/site")
    assert stored is not None
    assert stored.value == b"newer"
    previous = visit.load_previous("session/shop/site")
    assert previous is not None
    assert previous.value == b"session/shop/site"


def test_what_is_read_from_a_keeper_is_taken_out_of_words(kept: Home, store: SealedFiles) -> None:
    store.save("account/shop/site/password", b"hunter2-hunter2")
    redactor = Redactor()
    visit = find_kept(kept.runs, redactor, account="shop")
    assert visit is not None
    visit.load("account/shop/site/password")
    assert "hunter2" not in redactor.redact("it is hunter2-hunter2")


def test_the_key_never_goes_over_the_socket(kept: Home, store: SealedFiles) -> None:
    store.save("session/shop/site", b"the secret itself, as a control")
    names = ("", "store", "store.json", "../store", "data_key", "session/shop/site", "signing/ed25519")
    acts = ("status", "load", "load_previous", "saved_at", "names", "forget", "export", "key")
    heard = b""
    for account in ("", "shop"):
        for act in acts:
            for name in names if act != "forget" else ("data_key",):
                heard += raw(kept.runs, f'{{"act":"{act}","name":"{name}","account":"{account}"}}\n'.encode())
    assert base64.b64encode(b"the secret itself, as a control") in heard, "the detector hears nothing"
    key = base64.urlsafe_b64decode(store.data_key())
    spellings = (key, key.hex().encode(), base64.b64encode(key), base64.urlsafe_b64encode(key))
    doubled = tuple(base64.b64encode(spelling).rstrip(b"=") for spelling in spellings)
    assert not [spelling for spelling in (*spellings, *doubled) if spelling.rstrip(b"=") in heard]


def raw(runs: Path, line: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as speaking:
        speaking.settimeout(LIMIT)
        speaking.connect(str(runs / SOCKET_NAME))
        speaking.sendall(line)
        heard = b""
        while part := speaking.recv(65_536):
            heard += part
        return heard


def test_another_user_gets_no_answer(kept: Home) -> None:
    assert (kept.runs / SOCKET_NAME).stat().st_mode & 0o777 == 0o600
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    for folder in (kept.runs, *kept.runs.parents):  # as if every door stood open: the credentials alone refuse
        if folder.stat().st_mode & 0o011 != 0o011:
            folder.chmod(folder.stat().st_mode | 0o011)
    (kept.runs / SOCKET_NAME).chmod(0o666)
    assert raw(kept.runs, b'{"act":"status"}\n') != b""
    assert as_nobody(lambda: raw(kept.runs, b'{"act":"status"}\n')) == b""


def as_nobody(action: Callable[[], bytes]) -> bytes:
    """Does something in a process of another user, which needs no right to load a program."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            with contextlib.suppress(ConnectionError):  # refused by the keeper; a closed door is another error
                os.write(writing, action())
        except BaseException:  # noqa: BLE001 - a forked child must end here, whatever it was
            os._exit(1)
        os._exit(0)
    os.close(writing)
    _pid, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    with os.fdopen(reading, "rb") as heard:
        return heard.read()


def test_it_is_forgotten_after_its_time(home: Home, store: SealedFiles) -> None:
    keeping(home).unlock(store, timedelta(milliseconds=700))
    assert is_forgotten(home)


def test_it_is_forgotten_when_the_store_is_another_one(home: Home, store: SealedFiles) -> None:
    keeping(home).unlock(store, HOUR)
    store.discard()
    create_store(home.secrets, "file", passphrase="another passphrase")
    assert is_forgotten(home)


def test_it_is_forgotten_with_its_parent_however_that_ends(home: Home, store: SealedFiles) -> None:
    with keeping(home).unlocked(store, HOUR):
        assert kept_open(home.runs) is not None
    assert is_forgotten(home)
    script = textwrap.dedent(f"""
        import os, signal
        from datetime import timedelta
        from pathlib import Path
        from monitor.secrets.unlocking import Keeping
        from monitor.secrets.stores import open_store_with_key
        store = open_store_with_key(Path({str(home.secrets)!r}), {store.data_key()!r})
        keeping = Keeping(Path({str(home.secrets)!r}), Path({str(home.runs)!r}), dict(os.environ))
        with keeping.unlocked(store, timedelta(hours=1)):
            print("open", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "open\n")
    assert is_forgotten(home)


def test_it_is_forgotten_when_a_clock_jumps(home: Home, store: SealedFiles, tmp_path: Path) -> None:
    ahead = tmp_path / "ahead"

    def set_ahead(seconds: int) -> None:
        (tmp_path / "draft").write_text(str(seconds))
        (tmp_path / "draft").replace(ahead)

    set_ahead(0)
    script = textwrap.dedent(f"""
        import os
        from dataclasses import replace
        from pathlib import Path
        from monitor.secrets.keeper import Reading, main
        def read():
            now = Reading.take()
            return replace(now, boot=now.boot + float(Path({str(ahead)!r}).read_text()))
        main(os.fdopen(0, "rb", buffering=0), os.fdopen(1, "wb", buffering=0), read_clocks=read)
    """)
    order = KeepOrder(secrets=home.secrets, runs=home.runs, data_key=SecretStr(store.data_key()), seconds=3600)
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(order.model_dump_json().encode() + b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"\n"
        set_ahead(5)
        assert kept_open(home.runs) is not None  # the control: clocks that drift a little are no sleep
        set_ahead(900)
        assert process.wait(LIMIT) == 0
    assert is_forgotten(home)


@pytest.mark.parametrize(
    ("now", "jumped"),
    [
        (Reading(wall=1000.5, awake=500.5, boot=600.5), False),
        (Reading(wall=1003.0, awake=500.5, boot=600.5), False),  # a clock that is set right by a little
        (Reading(wall=1900.5, awake=500.5, boot=1500.5), True),  # a quarter of an hour of sleep
        (Reading(wall=1900.5, awake=500.5, boot=600.5), True),  # the wall clock was set on
        (Reading(wall=100.5, awake=500.5, boot=600.5), True),  # and back
        (Reading(wall=1060.0, awake=560.0, boot=660.0), False),  # a busy machine, or a stopped process
    ],
)
def test_sleep_and_a_set_clock_are_told_from_time_that_passes(now: Reading, jumped: bool) -> None:
    assert now.jumped_since(Reading(wall=1000.0, awake=500.0, boot=600.0)) is jumped


def test_its_memory_is_not_for_others(kept: Home) -> None:
    script = (
        "import ctypes; from monitor.secrets import keeper; keeper._forbid_dumps(); print(ctypes.CDLL(None).prctl(3))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout == "0\n"
    control = subprocess.run(
        [sys.executable, "-c", "import ctypes; print(ctypes.CDLL(None).prctl(3))"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert control.stdout == "1\n"
    keepers = [folder for folder in Path("/proc").glob("[0-9]*") if is_keeper(folder, kept)]
    assert len(keepers) == 1
    core = next(line for line in (keepers[0] / "limits").read_text().splitlines() if line.startswith("Max core"))
    assert core.split()[4:6] == ["0", "0"]
    assert b"data_key" not in (keepers[0] / "cmdline").read_bytes()


def is_keeper(folder: Path, home: Home) -> bool:
    with contextlib.suppress(OSError):
        words = (folder / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        return words == [word.encode() for word in KEEPER_COMMAND] and (folder / "cwd").readlink() == home.runs
    return False


def test_a_second_unlock_takes_the_place_of_the_first(kept: Home, store: SealedFiles) -> None:
    keeping(kept).unlock(store, timedelta(minutes=5))
    held = kept_open(kept.runs)
    assert held is not None
    assert held.seconds_left <= 300
    with pytest.raises(SecretsUnavailable, match="open already"), keeping(kept).unlocked(store, HOUR):
        pass


def test_a_home_with_a_long_path_has_its_keeper_too(tmp_path: Path) -> None:
    root = tmp_path / ("Пользователь" * 8) / "home"
    root.mkdir(parents=True)
    create_quick_store(root / "secrets", PASSPHRASE)
    home = Home(root)
    home.runs.mkdir(mode=0o700)
    keeping(home).unlock(open_store(home.secrets, ask_passphrase=lambda: PASSPHRASE), HOUR)
    assert kept_open(home.runs) is not None
    assert lock(home.runs)


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b"not json\n", b'{"act":"load","name":"' + b"x" * 100_000 + b'"}\n'])
def test_nonsense_ends_no_keeper(kept: Home, line: bytes) -> None:
    with contextlib.suppress(ConnectionError):
        raw(kept.runs, line)
    assert ask_keeper(kept.runs, Asked(act="status")) is not None
