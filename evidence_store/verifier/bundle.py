"""One bundle and every check of it. See ``docs/bundle-format.md`` for the rules."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from evidence_store.verifier.anchors import CHECKPOINT, SIGNATURE, Anchors
from evidence_store.verifier.captures import Captures
from evidence_store.verifier.container import Material
from evidence_store.verifier.log import LOG, Log
from evidence_store.verifier.reading import (
    BUNDLE_SHAPE,
    OLD_BUNDLE_SHAPE,
    Enough,
    Report,
    Unreadable,
    canonical,
    digest_of,
    read_value,
)

BUNDLE = "data/bundle.json"
OLD, CURRENT = "fairreview-bundle/1", "fairreview-bundle/2"
PAYLOAD_LIST, TAG_LIST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
# What lies beside data/. The two lists follow from the rest; in the current form the others are in the signed list.
ROOT_FILES = ("bag-info.txt", "bagit.txt", "kak-proverit.html", "verify.py")
# In an RFC 3161 token: a SHA-256 digest, the serial number, the moment.
TOKEN = re.compile(rb"\x04\x20(.{32})\x02.{2,24}?\x18.(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)[.\d]*Z", re.DOTALL)


class Bundle:
    """The checks of one bundle whose files are hashed already."""

    def __init__(self, material: Material, report: Report) -> None:
        self.material = material
        self.report = report
        self.about: Any = None
        self.is_old = False

    def check(self, outside: bytes | None, continuation: bytes | None) -> None:
        """Makes every check that can be made."""
        kept = self.material.kept
        self.report.files = len(self.material.digests)
        self.report.list_digest = digest_of(kept.get(BUNDLE, b""))
        if not self.read_list():
            return
        self.check_files()
        self.check_bag_lists()
        log = Log(self.report)
        log.read(kept.get(LOG, b""))
        log.compare("опись пакета", self.about["heads"], is_exact=True)
        anchors = Anchors(self.report, log, self.about)
        anchors.check_list(kept.get(BUNDLE, b""), kept.get(SIGNATURE))
        anchors.check_inner(kept.get(CHECKPOINT), is_old=self.is_old)
        anchors.check_outside(outside, continuation)
        Captures(self.report, self.material, self.about, log).check(is_old=self.is_old)
        self.check_time_stamps(anchors.inner)
        about = self.about
        self.report.add("bundle-about", BUNDLE, case=about["case_id"], title=about["title"], created=about["created"])
        for text in self.about["missing"]:
            self.report.add("missing", "чего нет", text=text)
        for text in self.about["does_not_prove"]:
            self.report.add("limit", "чего пакет не доказывает", text=text)

    def read_list(self) -> bool:
        """Reads the list; without one nothing else can be checked."""
        data = self.material.kept.get(BUNDLE)
        try:
            version = read_value(data, {"format": "text", "*": "any"})["format"]
            if version not in (OLD, CURRENT):
                # Whose word it is can be told of any version; without that a made-up one would hide everything.
                self.report.add("list-version", BUNDLE)
                kept = self.material.kept
                Anchors(self.report, Log(self.report), None).check_list(kept[BUNDLE], kept.get(SIGNATURE))
                return False
            self.is_old = version == OLD
            self.about = read_value(data, OLD_BUNDLE_SHAPE if self.is_old else BUNDLE_SHAPE)
        except Unreadable as error:
            self.report.add("list-broken", BUNDLE, why=error)
            return False
        if self.is_old:
            self.report.add("list-old", BUNDLE)
        return True

    def check_files(self) -> None:
        """Compares count, size and digest of every file with the list."""
        material = self.material
        listed = {entry["path"]: entry for entry in self.about["files"]}
        if len(listed) != len(self.about["files"]):
            self.report.add("listed-twice", BUNDLE)
        for path, entry in sorted(listed.items()):
            if path in material.digests:
                if (material.digests[path], material.sizes[path]) != (entry["digest"], entry["size"]):
                    self.report.add("file-changed", path)
            elif path not in material.unread:
                self.report.add("file-missing", path)
        free = {BUNDLE, SIGNATURE, PAYLOAD_LIST, TAG_LIST}
        needed = {LOG, *(capture["path"] for capture in self.about["captures"])}
        if self.is_old:
            free.update(ROOT_FILES)
        else:
            needed.update(ROOT_FILES)
            self.check_folders({*listed, LOG})
        for path in sorted(needed - set(listed)):
            self.report.add("file-unlisted", path)
        for path in sorted((set(material.digests) | material.unread) - set(listed) - free):
            self.report.add("file-extra", path)

    def check_folders(self, paths: set[str]) -> None:
        """Names each folder on the way to none of these files; one below it is not named again."""
        parents = {path[:number] for path in paths for number, mark in enumerate(path) if mark == "/"}
        known = parents | {""}
        for folder in sorted(self.material.folders - parents):
            if folder.rpartition("/")[0] in known:
                self.report.add("folder-extra", folder)

    def check_bag_lists(self) -> None:
        """Checks the bag's own lists: they must be exactly what follows from the other files."""
        digests = self.material.digests
        payload = {path: digests[path] for path in digests if path.startswith("data/")}
        tags = {path: digests[path] for path in digests if path not in payload and path != TAG_LIST}
        for name, there in ((PAYLOAD_LIST, payload), (TAG_LIST, tags)):
            data = self.material.kept.get(name, b"")
            if self.is_old:
                self.check_old_list(name, data)
                continue
            lines = "".join(f"{there[path][7:]}  {path}\n" for path in sorted(there))
            if data != lines.encode("utf-8", "replace") and not self.material.unread:
                self.report.add("bag-list", name)

    def check_old_list(self, name: str, data: bytes) -> None:
        """Checks a list of the old form, which need not name every file."""
        rows = re.findall(rb"([0-9a-f]{64})  ([^\n]+)\n", data)
        if not rows or data != b"".join(digest + b"  " + path + b"\n" for digest, path in rows):
            self.report.add("bag-broken", name)
        for digest, encoded in rows:
            path = encoded.decode("utf-8", "replace")
            there = self.material.digests.get(path)
            if path not in self.material.unread and there != "sha256:" + digest.decode():
                self.report.add("bag-differs", path, list=name)

    def check_time_stamps(self, inner: Any) -> None:
        """Checks that each stamp is over what the list says and that this is here; says where there is none."""
        stamps = self.about.get("time_stamps", ())
        if not stamps:
            self.report.add("stamp-none", "независимое время")
        known = {capture["digest"] for capture in self.about["captures"]}
        if inner is not None:
            known.add(digest_of(canonical(inner)))
        for stamp in stamps:
            path, over = stamp["path"], stamp["over"]
            found = TOKEN.search(self.material.kept.get(path, b""))
            moment = found and "{}-{}-{}T{}:{}:{}".format(*(part.decode() for part in found.groups()[1:]))
            if not found or "sha256:" + found[1].hex() != over or over not in known or stamp["at"][:19] != moment:
                self.report.add("stamp-wrong", path)
                continue
            how = f"openssl ts -verify -digest {over[7:]} -in {path} -CAfile КОРНЕВОЙ.pem"
            self.report.add("stamp-told", path, at=stamp["at"], authority=stamp["authority"], how=how)


def check_bundle(
    path: Path, *, keys: tuple[str, ...] = (), outside: bytes | None = None, continuation: bytes | None = None
) -> Report:
    """Checks a bundle.

    Args:
        path: Its folder, or its zip.
        keys: Public keys (64 hex digits) that the reader knows from elsewhere.
        outside: The bytes of a checkpoint that was kept elsewhere.
        continuation: The bytes of a file that ``fairreview evidence continue`` wrote.

    Returns:
        The findings; ``exit_code`` and ``verdict`` say what they mean together.
    """
    report = Report(keys)
    material = Material(report)
    with suppress(Enough):
        if path.is_dir():
            material.read_folder(path)
        else:
            material.read_zip(path)
        Bundle(material, report).check(outside, continuation)
    return report
