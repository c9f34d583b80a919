"""A bundle as a forger holds it: files by path, and the means to make every list of it agree with what was changed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence_store.bundle import BUNDLE_PATH, CHECKPOINT_PATH, LOG_PATH, SIGNATURE_PATH
from evidence_store.canonical import canonical_bytes
from evidence_store.seal import Purpose, SigningKey

FORGER = SigningKey.load(b"f" * 32)
PAYLOAD_LIST, TAG_LIST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
ZERO = "sha256:" + "0" * 64


def digest_of(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


@dataclass
class Forged:
    """A copy of a bundle that is being changed; ``about`` and ``entries`` are its list and its log, read."""

    files: dict[str, bytes]
    about: dict[str, Any] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, files: dict[str, bytes]) -> Forged:
        entries = [json.loads(line) for line in files[LOG_PATH].splitlines()]
        return cls(dict(files), json.loads(files[BUNDLE_PATH]), entries)

    def put(self, path: str, data: bytes, what: str = "файл") -> None:
        """Writes a file and lists it."""
        self.files[path] = data
        self.drop_entry(path)
        entry = {"path": path, "digest": digest_of(data), "size": len(data), "what": what, "is_derived": False}
        self.about["files"].append(entry)

    def drop(self, *paths: str) -> None:
        """Removes files and their entries."""
        for path in paths:
            del self.files[path]
            self.drop_entry(path)

    def drop_entry(self, path: str) -> None:
        self.about["files"] = [entry for entry in self.about["files"] if entry["path"] != path]

    def drop_capture(self, number: int) -> str:
        """Removes a capture with everything in its folder; returns the digest of its description."""
        capture = self.about["captures"].pop(number)
        folder = capture["path"].rpartition("/")[0] + "/"
        self.drop(*[path for path in self.files if path.startswith(folder)])
        return str(capture["digest"])

    def relink(self) -> None:
        """Gives every entry of the log fresh digests and every list of heads the new ends."""
        ends: dict[str, tuple[int, str]] = {}
        for entry in self.entries:
            header = entry["header"]
            last, digest = ends.get(header["chain"], (0, ZERO))
            if entry["body"] is not None:
                header["body_digest"] = digest_of(canonical_bytes(entry["body"]))
            header.update(seq=last + 1, prev=digest)
            entry["digest"] = digest_of(canonical_bytes(header))
            ends[header["chain"]] = (last + 1, entry["digest"])
        heads = [{"chain": name, "seq": n, "digest": d, "count": n} for name, (n, d) in sorted(ends.items())]
        self.about["heads"] = heads
        self.write_log()

    def write_log(self) -> None:
        self.put(LOG_PATH, b"".join(canonical_bytes(entry) + b"\n" for entry in self.entries))

    def sign_checkpoint(self, key: SigningKey) -> None:
        """Makes a checkpoint over the log as it is now."""
        point = json.loads(self.files[CHECKPOINT_PATH])["checkpoint"] | {"heads": self.about["heads"]}
        signature = key.sign(canonical_bytes(point), Purpose.CHECKPOINT).model_dump(mode="json")
        envelope = {"checkpoint": point, "signature": signature, "time_stamps": []}
        self.put(CHECKPOINT_PATH, canonical_bytes(envelope))

    def close(self, signature: bytes | None) -> dict[str, bytes]:
        """Writes list, signature and the bag's lists; returns the whole bundle."""
        self.files[BUNDLE_PATH] = canonical_bytes(self.about)
        self.files.pop(SIGNATURE_PATH, None)
        if signature is not None:
            self.files[SIGNATURE_PATH] = signature
        return with_bag_lists(self.files)


def with_bag_lists(files: dict[str, bytes]) -> dict[str, bytes]:
    """Returns the files with lists of the bag that agree with them."""
    made = {path: data for path, data in files.items() if path not in (PAYLOAD_LIST, TAG_LIST)}
    made[PAYLOAD_LIST] = _list(made, [path for path in made if path.startswith("data/")])
    made[TAG_LIST] = _list(made, [path for path in made if not path.startswith("data/")])
    return made


def _list(files: dict[str, bytes], paths: Iterable[str]) -> bytes:
    return "".join(f"{digest_of(files[path])[7:]}  {path}\n" for path in sorted(paths)).encode()


Sealing = Callable[[Forged, bytes], dict[str, bytes]]


def keep_signature(forged: Forged, genuine: bytes) -> dict[str, bytes]:
    """Every list agrees; the genuine signature lies there as if it were over them."""
    return forged.close(genuine)


def without_signature(forged: Forged, _genuine: bytes) -> dict[str, bytes]:
    return forged.close(None)


def own_signature(forged: Forged, _genuine: bytes) -> dict[str, bytes]:
    """Signed by the forger; the genuine checkpoint stays where it still fits."""
    return forged.close(_signed(forged, FORGER))


def all_own(forged: Forged, _genuine: bytes) -> dict[str, bytes]:
    """List and checkpoint signed by the forger: nothing in the bundle contradicts anything."""
    if CHECKPOINT_PATH in forged.files:
        forged.sign_checkpoint(FORGER)
    return forged.close(_signed(forged, FORGER))


def borrowed_name(forged: Forged, genuine: bytes) -> dict[str, bytes]:
    """The forger's signature under the genuine key's name."""
    signature = json.loads(_signed(forged, FORGER)) | {"public_key": json.loads(genuine)["public_key"]}
    return forged.close(canonical_bytes(signature))


def by_maker(key: SigningKey) -> Sealing:
    """What the holder of the genuine key can do: sign whatever he made."""

    def seal(forged: Forged, _genuine: bytes) -> dict[str, bytes]:
        if CHECKPOINT_PATH in forged.files:
            forged.sign_checkpoint(key)
        return forged.close(_signed(forged, key))

    return seal


SEALINGS: tuple[Sealing, ...] = (keep_signature, without_signature, own_signature, all_own, borrowed_name)


def _signed(forged: Forged, key: SigningKey) -> bytes:
    return canonical_bytes(key.sign(canonical_bytes(forged.about), Purpose.BUNDLE))


def read_folder(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def zipped(files: dict[str, bytes]) -> bytes:
    """The files as one archive in memory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(f"case/{path}", data)
    return buffer.getvalue()
