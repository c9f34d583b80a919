"""Captures and log prove each other: each capture of this case that the log names is here, and the other way round."""

from __future__ import annotations

from typing import Any

from evidence_store.verifier.container import Material
from evidence_store.verifier.log import Log
from evidence_store.verifier.reading import CAPTURE_SHAPE, Report, Unreadable, digest_of, read_value, seconds_of
from evidence_store.verifier.rules import ABSENT

FOLDER = "data/captures/"
CLOCKS_DIFFER = 600  # seconds; more than this before its own end no capture can be logged


class Captures:
    """Checks the captures of one bundle.

    Args:
        report: Takes the findings.
        material: The files.
        about: The list.
        log: The log extract, read.
    """

    def __init__(self, report: Report, material: Material, about: Any, log: Log) -> None:
        self.report = report
        self.material = material
        self.about = about
        self.log = log
        self.subjects = {(one["kind"], one["id"]) for one in about.get("subjects", ())}
        self.manifests: list[tuple[str, str, Any]] = []  # path, digest, manifest

    def check(self, *, is_old: bool) -> None:
        """Makes every check of captures; bundles of the old form have no words for most of them."""
        withheld = {entry["digest"]: entry["reason"] for entry in self.about["withheld"]}
        self.read(self.log.artifacts())
        present = set(self.material.digests.values())
        gone = self.log.purged()
        for path, _, manifest in self.manifests:
            for artifact in manifest["artifacts"]:
                self.check_artifact(path, artifact, present, withheld, None if is_old else gone)
        if not is_old:
            self.check_bodies()
            self.check_entries()
            self.check_chain()
            self.check_strays(withheld)

    def read(self, named: set[str]) -> None:
        """Reads each capture's description, which the log must know."""
        for capture in self.about["captures"]:
            path = capture["path"]
            data = self.material.kept.get(path, b"")
            digest = digest_of(data)
            if digest != capture["digest"]:
                self.report.add("capture-digest", path)
            try:
                manifest = read_value(data, {"format": "text", "*": "any"})
                if manifest["format"] != "fairreview-capture/1":
                    self.report.add("capture-version", path)
                    continue
                read_value(data, CAPTURE_SHAPE)
            except Unreadable as error:
                self.report.add("capture-broken", path, why=error)
                continue
            if digest not in named:
                self.report.add("capture-unknown", path)
            if manifest["is_partial"]:
                self.report.add("capture-partial", path)
            self.manifests.append((path, digest, manifest))

    def check_artifact(
        self, path: str, artifact: Any, present: set[str], withheld: dict[str, str], gone: set[str] | None
    ) -> None:
        """Checks that an artifact of a capture is here, or declared absent for a reason that holds."""
        digest, kind = artifact["digest"], artifact["kind"]
        reason = withheld.get(digest)
        if reason is None:
            if digest not in present:
                self.report.add("artifact-missing", path, digest=digest, kind=kind)
        elif reason not in ABSENT or (gone is not None and reason != "purged" and self.about["variant"] == "full"):
            self.report.add("absence-reason", digest, kind=kind, reason=reason)
        elif gone is not None and reason == "purged" and digest not in gone:
            self.report.add("purge-unproven", digest, kind=kind)
        else:
            self.report.add("artifact-absent", digest, kind=kind, reason=ABSENT[reason])

    def check_bodies(self) -> None:
        """Checks that no entry here tells of another case; of other cases only headers travel."""
        for _, name, body in self.log.told:
            if body["account"] != self.about["account"] or not (body["purges"] or self.is_about(body)):
                self.report.add("body-foreign", name)

    def is_about(self, body: Any) -> bool:
        """Whether an entry is about this case."""
        return any((one["kind"], one["id"]) in self.subjects for one in body["subjects"])

    def check_entries(self) -> None:
        """Compares each entry about a capture with the capture: presence, files, order and time."""
        here = {digest: (place, path, manifest) for place, (path, digest, manifest) in enumerate(self.manifests)}
        last = -1
        for number, body in self.log.captures():
            if not self.is_about(body) or not body["artifacts"]:
                continue
            found = here.get(body["artifacts"][0])
            if found is None:
                self.report.add("capture-lost", f"запись {number}", digest=body["artifacts"][0])
                continue
            place, path, manifest = found
            if set(body["artifacts"][1:]) != {artifact["digest"] for artifact in manifest["artifacts"]}:
                self.report.add("capture-differs", path)
            if place < last:
                self.report.add("capture-order", path)
            if seconds_of(manifest["times"]["finished"]) > seconds_of(body["at"]) + CLOCKS_DIFFER:
                self.report.add("capture-time", path, finished=manifest["times"]["finished"], logged=body["at"])
            last = place
        told = {body["artifacts"][0] for _, body in self.log.captures() if body["artifacts"] and self.is_about(body)}
        for path, digest, _ in self.manifests:
            if digest not in told and digest in self.log.artifacts():
                self.report.add("capture-unknown", path)

    def check_chain(self) -> None:
        """Checks whose captures these are, and that the one that each names as the one before is before it."""
        earlier: set[str] = set()
        for path, digest, manifest in self.manifests:
            subject = manifest["subject"]
            named = {("review", subject["review_id"]), ("case", subject["case_id"])}
            if any(pair[1] is not None and pair not in self.subjects for pair in named):
                self.report.add("capture-foreign", path)
            if manifest["previous"] is not None and manifest["previous"] not in earlier:
                self.report.add("capture-chain", path, digest=manifest["previous"])
            earlier.add(digest)

    def check_strays(self, withheld: dict[str, str]) -> None:
        """Checks that each file among the captures belongs to one of them."""
        named = {artifact["digest"] for _, _, manifest in self.manifests for artifact in manifest["artifacts"]}
        copies = {entry["replaced_by"] for entry in self.about["withheld"] if entry["digest"] in named}
        paths = {capture["path"] for capture in self.about["captures"]} | copies
        for path in sorted(self.material.digests):
            is_known = path in paths or (self.material.digests[path] in named - set(withheld))
            if path.startswith(FOLDER) and not is_known:
                self.report.add("capture-stray", path)
