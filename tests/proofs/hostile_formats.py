"""What is hostile in one format: archives, checkpoints, headers, settings, pictures, backups; made from good ones."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.unit.evidence_store.test_intake import chunk, picture, png_claiming

Make = Callable[[Path], object]
Members = dict[str, bytes]
_ZEROS = b"\0" * 30_000_000


def written(data: bytes) -> Make:
    """Makes a file of these bytes."""
    return lambda path: path.write_bytes(data)


def unpacked(data: bytes) -> Members:
    """The members of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: Members | list[tuple[str | zipfile.ZipInfo, bytes]], *, how: int = zipfile.ZIP_STORED) -> bytes:
    """An archive of these members, in order; a name may come twice."""
    pairs = list(members.items()) if isinstance(members, dict) else members
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in pairs:
            archive.writestr(name, data)
    return out.getvalue()


def archives(good: bytes, top: str) -> dict[str, Make]:
    """Hostile archives, whatever they hold; ``top`` is the path below which its members lie."""
    members = unpacked(good)
    pairs: list[tuple[str | zipfile.ZipInfo, bytes]] = list(members.items())
    link = zipfile.ZipInfo(f"{top}link")
    link.external_attr = 0o120777 << 16
    first = next(iter(members))
    changed: dict[str, bytes] = {
        "a member of 30 MB packed to nothing": packed({**members, f"{top}bomb": _ZEROS}, how=zipfile.ZIP_DEFLATED),
        "bzip2": packed(members, how=zipfile.ZIP_BZIP2),
        "lzma": packed(members, how=zipfile.ZIP_LZMA),
        "a link": packed([*pairs, (link, b"/etc/passwd")]),
        "a way up": packed({**members, f"{top}../../up": b"x"}),
        "a path from the root": packed({**members, "/etc/cron.d/x": b"x"}),
        "a drive of Windows": packed({**members, f"{top}C:\\x": b"x"}),
        "a device of Windows": packed({**members, f"{top}con.txt": b"x"}),
        "a name with a line break": packed({**members, f"{top}a\nb": b"x"}),
        "a name that turns the direction of writing": packed({**members, f"{top}a\u202egnp.exe": b"x"}),
        "a name of 60,000 letters": packed({**members, top + "n" * 60_000: b"x"}),
        "60,000 members": packed({**members, **{f"{top}m{number}": b"" for number in range(60_000)}}),
        "a folder for a file": packed({**members, f"{first}/below": b"x"}),
        "an archive in the archive": packed({f"{top}inner.zip": good}),
        "no member": packed({}),
        "cut in the middle": good[: len(good) // 2],
        "without its end": good[:-22],
        "with a comment that hides its end": good[:-2] + b"\xff\xff" + b"PK\x05\x06" * 16_000,
        "a size of four gigabytes told": sized(good, 0xFFFFFFFE),
        "marked as encrypted": flagged(good, 0x1),
        "another length than told": sized(good, 7),
        "a directory that lies before the file's beginning": good[:-6] + b"\xff\xff\xff\x7f" + good[-2:],
    }
    return {name: written(data) for name, data in changed.items()}


def sized(good: bytes, size: int) -> bytes:
    """The archive, whose directory tells another size of its first member."""
    place = good.rindex(b"PK\x01\x02", 0, good.index(b"PK\x01\x02") + 4)
    return good[: place + 20] + struct.pack("<II", size, size) + good[place + 28 :]


def flagged(good: bytes, flag: int) -> bytes:
    """The archive with a flag set on its first member, in the directory."""
    place = good.index(b"PK\x01\x02") + 8
    (flags,) = struct.unpack("<H", good[place : place + 2])
    return good[:place] + struct.pack("<H", flags | flag) + good[place + 2 :]


def backups(good: bytes) -> dict[str, Make]:
    """Hostile backups."""
    members = unpacked(good)
    about = json.loads(members["backup.json"])

    def told(**values: object) -> bytes:
        return packed({**members, "backup.json": json.dumps({**about, **values}).encode()})

    made = {
        "a number of thirty digits": told(mark=10**30),
        "a negative number": told(mark=-1),
        "a number that is none": packed({**members, "backup.json": b'{"mark":NaN}'}),
        "a size of thirty digits": told(members=[{"path": "config.toml", "sha256": "0" * 64, "size": 10**30}]),
        "a list of 300 MB": packed({**members, "backup.json": b" " * 300_000_000}, how=zipfile.ZIP_DEFLATED),
        "a list of braces": packed({**members, "backup.json": b'{"a":' * 200_000}),
        "members that are text": told(members="all"),
        "another format": told(format="fairreview-backup/999"),
        "a device's name among its keys": packed({**members, "secrets/con.sealed": b"x"}),
        "a state that is no database": packed({**members, "state.sqlite3": b"SQLite format 3\0" + b"\xff" * 4096}),
        "no configuration": packed({name: data for name, data in members.items() if name != "config.toml"}),
        "a configuration of dots": packed({**members, "config.toml": b".".join([b"a"] * 50_000) + b" = 1\n"}),
        "evidence under a wrong name": packed({**members, f"evidence/sha256/00/{'0' * 64}": b"x"}),
    }
    return {**archives(good, ""), **{name: written(data) for name, data in made.items()}}


def bundles(good: bytes) -> dict[str, Make]:
    """Hostile bundles."""
    members = unpacked(good)
    listed = next(name for name in members if name.endswith("data/bundle.json"))
    top = listed.removesuffix("data/bundle.json")
    about = json.loads(members[listed])

    def told(data: bytes) -> bytes:
        return packed({**members, listed: data})

    def changed(**values: object) -> bytes:
        return told(json.dumps({**about, **values}, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())

    log = f"{top}data/log/log.jsonl"
    made = {
        "a list of braces": told(b'{"a":' * 200_000),
        "a list that is a number": told(b"5"),
        "a list with a text for a list": changed(missing=[5]),
        "a list with a number of thirty digits": changed(files=[{"path": "x", "sha256": "0" * 64, "size": 10**30}]),
        "a list with a half of a letter": told(b'{"case":"\\ud800"}'),
        "a list of 300 MB": packed({**members, listed: b" " * 300_000_000}, how=zipfile.ZIP_DEFLATED),
        "a list that names a key twice": told(b'{"format":"fairreview-bundle/2","format":"x"}'),
        "a log of one endless line": packed({**members, log: b"x" * 5_000_000}),
        "a log of 200,000 empty lines": packed({**members, log: b"\n" * 200_000}),
        "a log of brackets": packed({**members, log: b"[" * 200_000 + b"\n"}),
        "two lists": packed([*members.items(), (listed, members[listed])]),
    }
    return {**archives(good, top), **{name: written(data) for name, data in made.items()}}


def values(good: bytes) -> dict[str, Make]:
    """Hostile canonical JSON: checkpoints and continuations."""
    about = json.loads(good)
    name = next(iter(about))
    lines = {
        "cut": good[: len(good) // 2],
        "with white space": json.dumps(about, indent=1).encode(),
        "a key twice": good[:-1] + b"," + good[1:],
        "a key more": json.dumps({**about, "more": 1}, sort_keys=True, separators=(",", ":")).encode(),
        "a key less": json.dumps({key: about[key] for key in list(about)[1:]}).encode(),
        "a number for a table": json.dumps({**about, name: 10**30}, sort_keys=True, separators=(",", ":")).encode(),
        "a fraction": good.replace(b":1", b":1.5", 1) if b":1" in good else b"1.5",
        "no number at all": b"NaN",
        "half of a letter": b'"\\ud800"',
        "a mark before it": b"\xef\xbb\xbf" + good,
        "twenty megabytes of blanks": b" " * 20_000_000,
        "a list for a text": json.dumps({**about, name: [[]]}, sort_keys=True, separators=(",", ":")).encode(),
    }
    return {what: written(data) for what, data in lines.items()}


def settings() -> dict[str, Make]:
    """Hostile TOML, whatever it holds."""
    made = {
        "a key of 50,000 parts": b".".join([b"a"] * 50_000) + b" = 1\n",
        "12 keys of 4,000 parts": b"".join(b".".join([b"a%d" % number] * 4_000) + b" = 1\n" for number in range(12)),
        "12 keys of 4,000 quoted parts": b"".join(
            b".".join([b'"\\u0061%d"' % number] + [b"'a'"] * 4_000) + b" = 1\n" for number in range(12)
        ),
        "a table of 40,000 parts": b"[" + b".".join([b"a"] * 40_000) + b"]\n",
        "2,000 keys of 20 parts": b"".join(b"a." + b"b." * 20 + b"c%d = 1\n" % number for number in range(2000)),
        "20,000 brackets": b"a = " + b"[" * 20_000 + b"\n",
        "20,000 tables in a line": b"a = " + b"{a=" * 20_000 + b"\n",
        "5,000 tables in a line": b"a = " + b"{a=" * 5_000 + b"\n",
        "a number of 10,000 digits": b"[windows]\nsettle = " + b"9" * 10_000 + b"\n",
        "two megabytes of comments": b"# x\n" * 500_000,
        "a date that is none": b"[operator]\nname = 2026-13-45\n",
    }
    return {what: written(data) for what, data in made.items()}


def configurations(good: bytes) -> dict[str, Make]:
    """Hostile settings of an installation."""
    made = {
        "a table twice": good + b"[operator]\nname = 'x'\n" * 2,
        "a key that is known to nobody": good + b"\n[nonsense]\nx = 1\n",
        "a name of 30,000 letters": b'[operator]\nname = "' + b"x" * 30_000 + b'"\n',
        "a name that turns the direction of writing": '[operator]\nname = "\u202eanna"\n'.encode(),
        "infinity": b"[sites.ozon]\nrequests_per_minute = inf\n",
        "no number at all": b"[sites.ozon]\nrequests_per_minute = nan\n",
    }
    return settings() | {what: written(data) for what, data in made.items()}


def catalogs(good: bytes) -> dict[str, Make]:
    """Hostile catalogs: of a site, or of one of its pages."""
    made = {
        "a table twice": good + b"\n[reading]\n" * 2,
        "a key that is known to nobody": good + b"\n[nonsense]\nx = 1\n",
        "ten tables in one another": good + b"\n[nonsense.a.b.c.d.e.f.g.h.i]\nx = 1\n",
        "6,000 tables": good + b"".join(b"\n[entries.e%d]\n" % number for number in range(6_000)),
        "half of the file": good[: len(good) // 2],
        "a schema of tomorrow": good.replace(b"schema = 1", b"schema = 2"),
        "a schema that is not finite": good.replace(b"schema = 1", b"schema = inf"),
    }
    return settings() | {what: written(data) for what, data in made.items()}


def pictures() -> dict[str, Make]:
    """Hostile pictures and papers."""
    png = picture("PNG")
    made = {
        "a picture of 100,000 by 100,000": png_claiming(100_000, 100_000),
        "a picture without pixels": png_claiming(0, 40),
        "a picture that says its size twice": png_claiming(
            10, 10, chunk(b"IHDR", struct.pack(">IIBBBBB", 90_000, 90_000, 8, 2, 0, 0, 0))
        ),
        "a picture that is cut": png[: len(png) // 2],
        "a picture of 200,000 parts": png[:33] + chunk(b"tEXt", b"a") * 200_000 + png[33:],
        "a part of four gigabytes told": png[:33] + struct.pack(">I", 0xFFFFFFFF) + b"IDAT",
        "a JPEG of FF only": b"\xff\xd8" + b"\xff" * 1_000_000,
        "a JPEG that is cut": picture("JPEG")[:100],
        "a WebP of another size than told": picture("WEBP")[:-20],
        "a moving picture": b"GIF89a" + b"\x01" * 100,
        "a drawing with a script": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "a page": b"<!doctype html><script>alert(1)</script>",
        "a page after much of nothing": b" " * 100_000 + b"<html><script>alert(1)</script>",
        "a program": b"MZ" + b"\0" * 1000,
        "an archive": packed({"a": b"b"}),
        "21 MB of text": b"a\n" * 10_500_000,
    }
    return {what: written(data) for what, data in made.items()}
