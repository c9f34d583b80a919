"""Makes the vectors; see the package."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from evidence_store.verifier import Report, check_bundle
from tests.proofs import forgeries
from tests.proofs.counted import scratch_folder
from tests.proofs.evidence_forgeries import SETTINGS, World, make_world
from tests.proofs.forged_bundle import SEALINGS, Forged, by_maker, zipped
from tests.proofs.zip_forgeries import ZIP_FORGERIES
from tests.unit.evidence_store.bundles import KEY
from tests.unit.evidence_store.ed25519_vectors import vectors

HERE = Path(__file__).parent
FORGED = (
    (forgeries.replace_act, SEALINGS[0]),
    (forgeries.remove_all_captures, SEALINGS[1]),
    (forgeries.change_exporter, SEALINGS[2]),
    (forgeries.change_note_in_log, SEALINGS[3]),
    (forgeries.fall_back_to_the_old_form, SEALINGS[1]),
    (forgeries.swap_capture_through_the_log, by_maker(KEY)),
    (forgeries.declare_purged, by_maker(KEY)),
    (forgeries.cut_log, by_maker(KEY)),
)
ARCHIVES = (
    "a hidden member among the others",
    "a hidden member behind the last",
    "a forged archive before the genuine one",
    "a forged archive behind the genuine one",
    "bytes before",
    "a forged archive as the comment",
    "another name in the header",
    "a second name in a field of both",
    "a ZIP64 record with another directory",
    "a member behind the end of a deflated stream",
    "a common folder that is a device of Windows",
    "a common folder that ends with a dot",
    "a field twice",
)


def main() -> int:
    with scratch_folder() as base:
        world = make_world(base)
        bundles = dict(zip(("intact", "shareable", "purged"), world.variants, strict=False))
        for edit, sealing in FORGED:
            forged = Forged.of(world.genuine)
            edit(forged, world.spare)
            bundles[edit.__name__] = sealing(forged, world.genuine["data/bundle-signature.json"])
        ends = {name: _write(world, name, files) for name, files in bundles.items()}
        ends |= {name.replace(" ", "_"): _write_archive(world, name) for name in ARCHIVES}
        told = {"key": KEY.public_key, "bundles": ends}
    _dump("bundles", told)
    for name, data in (("checkpoint", world.checkpoint), ("later", world.later), ("continuation", world.continuation)):
        (HERE / f"{name}.json").write_bytes(data)
    plain = [
        {name: one.hex() if isinstance(one, bytes) else one for name, one in asdict(each).items()} for each in vectors()
    ]
    _dump("ed25519", plain)
    return 0


def _write(world: World, name: str, files: dict[str, bytes]) -> dict[str, object]:
    (HERE / f"{name}.zip").write_bytes(zipped(files))
    return _told({setting: world.judge(files, setting) for setting in SETTINGS})


def _write_archive(world: World, name: str) -> dict[str, object]:
    path = HERE / f"{name.replace(' ', '_')}.zip"
    path.write_bytes(ZIP_FORGERIES[name](world.genuine))
    keys = {setting: () if setting == SETTINGS[0] else (KEY.public_key,) for setting in SETTINGS}
    return _told({each: check_bundle(path, keys=key, outside=world.outside(each)) for each, key in keys.items()})


def _told(judged: dict[str, Report]) -> dict[str, object]:
    return {
        setting: {
            "exit": report.exit_code,
            "findings": sorted([level, code, item] for level, code, item, _ in report.findings if level != "note"),
        }
        for setting, report in judged.items()
    }


def _dump(name: str, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
