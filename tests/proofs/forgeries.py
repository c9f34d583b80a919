"""What a forger changes in a bundle; each knows the format and leaves nothing that contradicts it by accident."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from evidence_store.bundle import BUNDLE_PATH, CHECKPOINT_PATH, LOG_PATH
from evidence_store.canonical import canonical_bytes
from evidence_store.verifier_program import render_verifier
from tests.proofs.forged_bundle import Forged, digest_of

Edit = Callable[[Forged, "Spare"], None]
PICTURE = "data/captures/01-public/01-element-png.png"
MANIFEST = "data/captures/01-public/manifest.json"
ACT = "data/documents/akt.pdf"


@dataclass(frozen=True)
class Spare:
    """Genuine things of the same maker that a forger has at hand: a bundle of another case, and an older one."""

    other: dict[str, bytes]
    older: dict[str, bytes]


def replace_act(forged: Forged, _spare: Spare) -> None:
    forged.put(ACT, b"%PDF-1.7 another act", "акт осмотра")


def remove_act(forged: Forged, _spare: Spare) -> None:
    forged.drop(ACT)


def replace_picture(forged: Forged, _spare: Spare) -> None:
    forged.put(PICTURE, b"another picture")


def replace_picture_in_manifest(forged: Forged, _spare: Spare) -> None:
    """The picture, its digest in the description, and the description's in the list; the log is left."""
    manifest = json.loads(forged.files[MANIFEST])
    manifest["artifacts"][0].update(digest=digest_of(b"another picture"), size=len(b"another picture"))
    forged.put(PICTURE, b"another picture")
    _put_manifest(forged, manifest)


def replace_picture_through_the_log(forged: Forged, spare: Spare) -> None:
    """The same, and the log with fresh digests from that entry on."""
    old = str(forged.about["captures"][0]["digest"])
    gone = digest_of(forged.files[PICTURE])
    replace_picture_in_manifest(forged, spare)
    names = {old: str(forged.about["captures"][0]["digest"]), gone: digest_of(b"another picture")}
    for entry in forged.entries:
        if entry["body"] is not None:
            entry["body"]["artifacts"] = [names.get(each, each) for each in entry["body"]["artifacts"]]
    forged.relink()


def declare_purged(forged: Forged, _spare: Spare) -> None:
    _declare(forged, "purged")


def declare_personal(forged: Forged, _spare: Spare) -> None:
    _declare(forged, "personal_data")


def declare_purged_by_another_tombstone(forged: Forged, spare: Spare) -> None:
    """With a tombstone that names something else."""
    _declare(forged, "purged")
    _append(forged, "evidence.purge", inputs={"digests": [digest_of(b"something else")], "rule": "by order"})
    del spare


def remove_all_captures(forged: Forged, _spare: Spare) -> None:
    for _ in list(forged.about["captures"]):
        forged.drop_capture(0)


def remove_first_capture(forged: Forged, _spare: Spare) -> None:
    forged.drop_capture(0)


def remove_last_capture(forged: Forged, _spare: Spare) -> None:
    forged.drop_capture(-1)


def remove_capture_and_its_body(forged: Forged, _spare: Spare) -> None:
    """The log's entry goes on as a header: in an extract bodies may be withheld."""
    digest = forged.drop_capture(0)
    for entry in forged.entries:
        if entry["body"] is not None and digest in entry["body"]["artifacts"]:
            entry["body"] = None
    forged.write_log()


def remove_capture_and_its_entry(forged: Forged, _spare: Spare) -> None:
    digest = forged.drop_capture(0)
    forged.entries = [entry for entry in forged.entries if digest not in (entry["body"] or {}).get("artifacts", ())]
    forged.relink()


def swap_capture(forged: Forged, spare: Spare) -> None:
    """The first capture is taken from another case's bundle."""
    for path in [path for path in forged.files if path.startswith("data/captures/01-public/")]:
        forged.drop(path)
    for path, data in spare.other.items():
        if path.startswith("data/captures/01-public/"):
            forged.put(path, data)
    forged.about["captures"][0]["digest"] = digest_of(forged.files[MANIFEST])


def swap_capture_through_the_log(forged: Forged, spare: Spare) -> None:
    old = str(forged.about["captures"][0]["digest"])
    swap_capture(forged, spare)
    manifest = json.loads(forged.files[MANIFEST])
    named = [digest_of(forged.files[MANIFEST]), *(artifact["digest"] for artifact in manifest["artifacts"])]
    for entry in forged.entries:
        if entry["body"] is not None and old in entry["body"]["artifacts"]:
            entry["body"]["artifacts"] = named
    forged.relink()


def reverse_captures(forged: Forged, _spare: Spare) -> None:
    forged.about["captures"].reverse()


def add_capture_unknown_to_the_log(forged: Forged, _spare: Spare) -> None:
    manifest = json.loads(forged.files[MANIFEST]) | {"url": "https://example.test/other", "previous": None}
    path = "data/captures/99-public/manifest.json"
    forged.put(path, canonical_bytes(manifest))
    forged.about["captures"].append({"moment": "public", "path": path, "digest": digest_of(forged.files[path])})


def change_address(forged: Forged, _spare: Spare) -> None:
    _put_manifest(forged, json.loads(forged.files[MANIFEST]) | {"final_url": "https://example.test/other"})


def move_time_of_capture(forged: Forged, spare: Spare) -> None:
    """Later than the log has it; carried through the log, or the digest alone would give it away."""
    manifest = json.loads(forged.files[MANIFEST])
    manifest["times"]["finished"] = "2027-01-01T00:00:00.000000Z"
    old = str(forged.about["captures"][0]["digest"])
    _put_manifest(forged, manifest)
    _rename_in_log(forged, old, str(forged.about["captures"][0]["digest"]))
    del spare


def call_it_whole(forged: Forged, _spare: Spare) -> None:
    _put_manifest(forged, json.loads(forged.files[MANIFEST]) | {"problems": ["nothing"]})


def change_exporter(forged: Forged, _spare: Spare) -> None:
    forged.about["exported_by"]["name"] = "Иван Иванов"


def change_moment(forged: Forged, _spare: Spare) -> None:
    forged.about["created"] = "2020-01-01T00:00:00.000000Z"


def change_case(forged: Forged, _spare: Spare) -> None:
    forged.about["case_id"] = "case-2"


def change_installation(forged: Forged, _spare: Spare) -> None:
    forged.about["installation"] = "j" * 32


def change_title(forged: Forged, _spare: Spare) -> None:
    forged.about["title"] = "Отзыв r-2"


def drop_limits(forged: Forged, _spare: Spare) -> None:
    forged.about["does_not_prove"] = []


def hide_shortfalls(forged: Forged, _spare: Spare) -> None:
    forged.about["missing"] = ["ничего"]


def add_subject(forged: Forged, _spare: Spare) -> None:
    forged.about["subjects"].append({"kind": "case", "id": "case-2"})


def call_it_shareable(forged: Forged, _spare: Spare) -> None:
    """A full bundle that hides its originals as personal data."""
    forged.about["variant"] = "shareable"
    _declare(forged, "personal_data")


def replace_page(forged: Forged, _spare: Spare) -> None:
    forged.put("kak-proverit.html", b"<!DOCTYPE html><p>Trust me")


def replace_verifier(forged: Forged, _spare: Spare) -> None:
    forged.put("verify.py", render_verifier().replace(b"return report.exit_code", b"return 0"))


def replace_page_unlisted(forged: Forged, _spare: Spare) -> None:
    """As it was possible in the old form: only the bag's lists know."""
    forged.files["kak-proverit.html"] = b"<!DOCTYPE html><p>Trust me"


def replace_bag_info(forged: Forged, _spare: Spare) -> None:
    forged.put("bag-info.txt", b"External-Identifier: case-2\n")


def unlist_root_files(forged: Forged, _spare: Spare) -> None:
    for path in ("kak-proverit.html", "verify.py", "bag-info.txt", "bagit.txt"):
        forged.drop_entry(path)


def add_file(forged: Forged, _spare: Spare) -> None:
    forged.put("data/documents/letter.pdf", b"%PDF-1.7 a letter")


def add_unlisted_file(forged: Forged, _spare: Spare) -> None:
    forged.files["data/documents/letter.pdf"] = b"%PDF-1.7 a letter"


def add_file_among_captures(forged: Forged, _spare: Spare) -> None:
    forged.put("data/captures/01-public/07-element-png.png", b"a better picture")


def change_note_in_log(forged: Forged, _spare: Spare) -> None:
    """The first entry tells something else; everything after it has fresh digests."""
    forged.entries[0]["body"]["inputs"] = {"url": "https://example.test/other"}
    forged.relink()


def change_body_alone(forged: Forged, _spare: Spare) -> None:
    forged.entries[0]["body"]["inputs"] = {"url": "https://example.test/other"}
    forged.write_log()


def cut_log(forged: Forged, _spare: Spare) -> None:
    forged.entries = forged.entries[:-1]
    forged.relink()


def add_to_log(forged: Forged, _spare: Spare) -> None:
    _append(forged, "appeal.confirmed", inputs={})


def show_foreign_entry(forged: Forged, _spare: Spare) -> None:
    """Another case's words as if they belonged here."""
    _append(forged, "case.opened", subjects=[{"kind": "review", "id": "r-77"}])


def drop_other_chain(forged: Forged, _spare: Spare) -> None:
    chain = forged.entries[0]["header"]["chain"]
    forged.entries = [entry for entry in forged.entries if entry["header"]["chain"] == chain]
    forged.relink()


def drop_checkpoint(forged: Forged, _spare: Spare) -> None:
    forged.drop(CHECKPOINT_PATH)


def fall_back_to_the_old_form(forged: Forged, spare: Spare) -> None:
    """The old form asks less; a page under no signature is worth it."""
    del forged.about["account"], forged.about["subjects"]
    forged.about["format"] = "fairreview-bundle/1"
    unlist_root_files(forged, spare)
    replace_page_unlisted(forged, spare)


def claim_a_newer_form(forged: Forged, _spare: Spare) -> None:
    forged.about["format"] = "fairreview-bundle/3"


def take_the_older_log(forged: Forged, spare: Spare) -> None:
    """List and log of an older bundle under the new documents."""
    older = Forged.of(spare.older)
    forged.entries = older.entries
    forged.put(LOG_PATH, spare.older[LOG_PATH])
    forged.put(CHECKPOINT_PATH, spare.older[CHECKPOINT_PATH])
    forged.about["heads"] = older.about["heads"]


def take_the_other_list(forged: Forged, spare: Spare) -> None:
    forged.about = json.loads(spare.other[BUNDLE_PATH])


EDITS: tuple[Edit, ...] = tuple(
    value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__module__", "") == __name__ and not name.startswith("_") and name != "Spare"
)


def _declare(forged: Forged, reason: str) -> None:
    digest = digest_of(forged.files[PICTURE])
    forged.drop(PICTURE)
    forged.about["withheld"].append({"digest": digest, "kind": "element_png", "reason": reason, "replaced_by": None})


def _put_manifest(forged: Forged, manifest: object) -> None:
    forged.put(MANIFEST, canonical_bytes(manifest))
    forged.about["captures"][0]["digest"] = digest_of(forged.files[MANIFEST])


def _rename_in_log(forged: Forged, old: str, new: str) -> None:
    for entry in forged.entries:
        if entry["body"] is not None:
            entry["body"]["artifacts"] = [new if each == old else each for each in entry["body"]["artifacts"]]
    forged.relink()


def _append(forged: Forged, action: str, **changes: object) -> None:
    body = json.loads(canonical_bytes(forged.entries[0]["body"])) | {"action": action, "artifacts": [], **changes}
    header = dict(forged.entries[0]["header"])
    forged.entries.append({"body": body, "digest": "", "header": header})
    forged.relink()
