"""Hostile files against every command that reads one: refused with a word, in time, and nothing is half done.

A table of kinds of file (pipes, devices, links, sizes, encodings, depths, numbers, ratios) and, for each command, of
what is hostile in the format that it reads. Each input must end within its limit, with an exit code that means "no"
and is not the one of a bug, with a word about it, and with home and folder as they were.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import random
import resource
import shutil
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from mock_site.skins import CATALOGS
from monitor.cli import main
from monitor.cli.exits import ExitCode
from monitor.errors import PrintingFailed
from monitor.outgoing import bundle_documents
from tests.proofs import hostile_formats
from tests.proofs.counted import Counted
from tests.proofs.hostile_formats import Make, written
from tests.unit.monitor.case_world import World, make_world, seal

LIMIT_SECONDS = 60  # for each input; a hang is a violation
MOST_MEMORY = 600_000_000  # bytes that one input may add to the peak of the process
REFUSALS = frozenset({ExitCode.FINDINGS, ExitCode.USAGE, ExitCode.ENVIRONMENT, ExitCode.SECRETS, ExitCode.STORAGE})


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def plain_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the address of a socket may be a hundred characters long
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


def huge(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(3 << 30)


def loop(path: Path) -> None:
    path.symlink_to(path.name)


KINDS: dict[str, Make] = {
    "a pipe": lambda path: os.mkfifo(path, 0o600),
    "a link to a device": device,
    "a link in a circle": loop,
    "a link to nothing": lambda path: path.symlink_to("/nonexistent/file"),
    "a folder": lambda path: path.mkdir(),
    "a socket": plain_socket,
    "3 GiB of holes": huge,
    "nothing in it": written(b""),
    "zeros": written(b"\0" * 1_000_000),
    "no UTF-8": written(b"\xff\xfe\x00\xd8" * 1000),
    "UTF-16": written("[operator]\nname = 'x'\n".encode("utf-16")),
    "brackets without an end": written(b"[" * 900_000),
    "braces without an end": written(b'{"a":' * 150_000),
    "a number without an end": written(b"9" * 900_000),
    "one very long line": written(b'"' + b"x" * 900_000 + b'"'),
    "control and direction marks": written("\u202e\u2066\x07\x1b[2J\u0085".encode() * 1000),
}
"""What stands in the place of a file, whatever the file should be."""


@dataclass(frozen=True)
class Reader:
    """One command that reads a file of somebody else's.

    Attributes:
        command: What is run; capital words are put in.
        ending: Of the file's name.
        own: What is hostile in its own format, by the name of the format.
        replaces: The file, by its path from the home, that the hostile one takes the place of.
        takes: Kinds that are no refusal here: they are what the command reads.
        names: Whether the refusal names the file: where the command could also refuse for another reason.
    """

    command: tuple[str, ...]
    ending: str = ".bin"
    own: str = ""
    replaces: str = ""
    takes: frozenset[str] = frozenset()
    names: bool = False


_ANY_TEXT = frozenset(
    {"brackets without an end", "braces without an end", "a number without an end", "one very long line"}
)
_ADD = ("evidence", "add", "CASE", "FILE")
_REPLAY = ("replay", "RECORDED", "--pure", "--site", "shopette", "--catalogs", "CATALOGS")
_DRAFT = ("appeal", "draft", "r2", "--ground", "insult", "--channel", "order_appeal", "--order", "12345678-0001")
READERS: dict[str, Reader] = {
    "own picture": Reader(_ADD, ".png", "pictures", takes=_ANY_TEXT),
    "own text": Reader(_ADD, ".txt", takes=_ANY_TEXT),
    "attachment": Reader((*_DRAFT, "--attach", "FILE"), ".png", "pictures"),
    "bundle": Reader(("evidence", "verify", "FILE"), ".zip", "bundles"),
    # It reads the list and nothing else of a bundle: what the rest is worth, `evidence verify` says.
    "bundle to continue": Reader(
        ("evidence", "continue", "FILE", "--out", "OUT"),
        ".zip",
        "lists",
        takes=frozenset({"a list with a text for a list"}),
    ),
    "outside checkpoint": Reader(("evidence", "verify", "--checkpoint", "FILE"), ".json", "checkpoints"),
    "checkpoint of a bundle": Reader(("evidence", "verify", "BUNDLE", "--checkpoint", "FILE"), ".json", "checkpoints"),
    "continuation of a bundle": Reader(
        ("evidence", "verify", "BUNDLE", "--continuation", "FILE"), ".json", "continuations"
    ),
    "backup": Reader(("--home", "OUT", "backup", "restore", "FILE"), ".backup", "backups"),
    "configuration": Reader(
        ("case", "list"), own="configurations", replaces="config.toml", takes=frozenset({"nothing in it"})
    ),
    "site of a catalog": Reader(_REPLAY, own="catalogs", replaces="../catalogs/shopette/site.toml", names=True),
    "page of a catalog": Reader(_REPLAY, own="catalogs", replaces="../catalogs/shopette/reviews.toml", names=True),
    "words of a seller": Reader(
        ("insight", "show", "--words", "FILE"), ".toml", "settings", takes=frozenset({"nothing in it"}), names=True
    ),
    "passphrase": Reader(("evidence", "checkpoint"), replaces="../passphrase"),
    "key of the secret store": Reader(("evidence", "checkpoint"), replaces="secrets/store.json"),
}


@dataclass(frozen=True)
class Stand:
    """A home, and good files of each kind that a hostile one is made from."""

    world: World
    folder: Path
    bundle: Path

    def formats(self) -> dict[str, dict[str, Make]]:
        """What is hostile, by format."""
        good = self.folder / "good"
        bundles = hostile_formats.bundles(self.bundle.read_bytes())
        return {
            "": {},
            "pictures": hostile_formats.pictures(),
            "bundles": bundles,
            "lists": {what: make for what, make in bundles.items() if "list" in what},
            "checkpoints": hostile_formats.values((good / "checkpoint.json").read_bytes()),
            "continuations": hostile_formats.values((good / "continuation.json").read_bytes()),
            "backups": hostile_formats.backups((good / "backup").read_bytes()),
            "configurations": hostile_formats.configurations(self.world.installation.home.config.read_bytes()),
            "catalogs": hostile_formats.catalogs((CATALOGS / "shopette" / "reviews.toml").read_bytes()),
            "settings": hostile_formats.settings(),
        }


def make_stand(folder: Path) -> Stand:
    """Makes the home, a bundle, a checkpoint that is later, what continues the bundle to it, and a backup."""
    good = folder / "good"
    good.mkdir()
    anchors = folder / "anchors"
    anchors.mkdir()
    world = make_world(folder, anchors=[str(anchors)])
    shutil.copytree(CATALOGS, folder / "catalogs")
    (folder / "recorded").mkdir()
    bundle = good / "case.zip"

    def refuse(*_: object) -> bytes:
        raise PrintingFailed("no browser")

    with mock.patch.object(bundle_documents, "print_pages", refuse):
        assert world.run("evidence", "export", world.case.id, "--out", bundle) == 0
    seal(world, "status")
    assert world.run("evidence", "checkpoint") == 0
    newest = sorted(anchors.iterdir())[-1]
    shutil.copy(newest, good / "checkpoint.json")
    assert world.run("evidence", "continue", bundle, "--out", good / "continuation.json") == 0
    assert world.run("backup", "create", good / "backup") == 0
    world.installation.state.close()
    stand = Stand(world, folder, bundle)
    for _ in range(2):  # a draft judges the review first, and the next command brings the mirror up to date
        run(stand, READERS["attachment"], folder / "nothing")
    return stand


def all_inputs(stand: Stand) -> list[tuple[str, str, Make]]:
    """Every reader with every kind and with all of its own format: reader, what it gets, how that is made."""
    formats = stand.formats()
    return [
        (name, what, make)
        for name, reader in READERS.items()
        for what, make in (KINDS | formats[reader.own]).items()
        if what not in reader.takes
    ]


def prove_inputs(folder: Path, count: int, seed: int) -> Counted:
    """Gives ``count`` of all inputs, chosen by the seed (all where there are fewer), each to its command."""
    counted = Counted("hostile inputs", seed)
    stand = make_stand(folder)
    inputs = all_inputs(stand)
    if count < len(inputs):
        inputs = random.Random(seed).sample(inputs, count)
    for name, what, make in inputs:
        counted.injections += 1
        found = wrongs(stand, READERS[name], make)
        counted.expect(not found, f"{name}, {what}: {'; '.join(found)}")
    return counted


def wrongs(stand: Stand, reader: Reader, make: Make) -> list[str]:
    """Gives one input to its command; returns what is wrong with how that ended."""
    with placed(stand, reader, make) as path:
        before, peak = still(stand.folder), peak_bytes()
        ended = run(stand, reader, path)
        after = still(stand.folder)
    found = []
    if ended.code not in REFUSALS:
        found.append(f"exit code {ended.code}: {ended.told[-300:]!r}")
    if not ended.told.strip():
        found.append("not a word about it")
    if reader.names and path.name not in "".join(ended.told.split()):
        found.append(f"the file is not named: {ended.told[-300:]!r}")
    if "Traceback" in ended.told:
        found.append("a traceback")
    if after != before:
        found.append(f"left behind: {sorted(set(after.items()) ^ set(before.items()))[:3]}")
    if peak_bytes() - peak > MOST_MEMORY:
        found.append(f"took {(peak_bytes() - peak) / 1e6:.0f} MB")
    return found


@contextlib.contextmanager
def placed(stand: Stand, reader: Reader, make: Make) -> Iterator[Path]:
    """The hostile file, beside the home or in the place of one of its own; what stood there comes back."""
    home = stand.world.installation.home.root
    path = (home / reader.replaces) if reader.replaces else stand.folder / f"hostile{reader.ending}"
    kept = path.with_name(f"{path.name}.kept")
    if reader.replaces:
        path.rename(kept)
    make(path)
    if path.is_file() and not path.is_symlink():
        path.chmod(0o600)
    try:
        yield path
    finally:
        _remove(stand.folder / "out")  # what should not be there shall not refuse the next one
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        if reader.replaces:
            kept.rename(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Ended:
    """How a command ended, and all that it said."""

    code: int
    told: str


class Hung(BaseException):
    """The command did not end within its limit; nothing that it catches."""


def run(stand: Stand, reader: Reader, path: Path) -> Ended:
    """Runs the command as its entry point does, with a limit."""
    words = {
        "FILE": str(path),
        "CASE": stand.world.case.id,
        "BUNDLE": str(stand.bundle),
        "OUT": str(stand.folder / "out"),
        "CATALOGS": str(stand.folder / "catalogs"),
        "RECORDED": str(stand.folder / "recorded"),
    }
    arguments = [words.get(word, word) for word in reader.command]
    if "--home" not in arguments:
        arguments = ["--home", str(stand.world.installation.home.root), *arguments]
    told = io.StringIO()

    def give_up(*_: object) -> None:
        raise Hung

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LIMIT_SECONDS)
    try:
        with (
            mock.patch("sys.argv", ["fairreview", *arguments]),
            contextlib.redirect_stdout(told),
            contextlib.redirect_stderr(told),
        ):
            main()
    except SystemExit as end:
        return Ended(int(end.code or 0), told.getvalue())
    except Hung:
        return Ended(-1, f"hung after {LIMIT_SECONDS} s; {told.getvalue()}")
    finally:
        signal.alarm(0)
    return Ended(0, told.getvalue())


def still(folder: Path) -> dict[str, object]:
    """Every file and folder, with its bytes where it has few; the hostile one and diagnostics apart."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.name.startswith("hostile") or "/logs/" in f"/{name}/" or path.name == ".lock":
            continue
        is_plain = path.is_file() and not path.is_symlink() and path.stat().st_size < 50_000_000
        found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if is_plain else path.lstat().st_mode
    return found


def peak_bytes() -> int:
    """The most memory that this process, or one that it waited for, has held."""
    return max(resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) * 1024
