"""Forges bundles as somebody who knows the format, and asks the verifier with and without the reader's key.

python -m tests.proofs.evidence_forgeries [FORGERIES] [MUTATIONS] [INTACT] [SEED]
"""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from evidence_store.bundle import SIGNATURE_PATH
from evidence_store.continuation import continue_log, read_bundle_end
from evidence_store.extract import heads_of
from evidence_store.journal import Checkpoint, Entry, build_entry
from evidence_store.seal import SignedCheckpoint, sign_checkpoint
from evidence_store.verifier import Report
from evidence_store.verifier.bundle import Bundle
from evidence_store.verifier.container import Material
from tests.proofs import forgeries
from tests.proofs.counted import Counted, scratch_folder
from tests.proofs.forged_bundle import SEALINGS, Forged, Sealing, by_maker, read_folder, with_bag_lists
from tests.proofs.forgeries import EDITS, Edit, Spare
from tests.unit.evidence_store.bundles import KEY, Case, relogged, sample_case, with_tombstone
from tests.unit.evidence_store.samples import CHAIN, MOMENT, sample_body

SETTINGS = ("no key", "key", "key + checkpoint", "key + later checkpoint")
MOMENTS = ("public", "account", "filled_form", "confirmation")
Files = dict[str, bytes]
Compare = Callable[[Files, Report, bytes | None], str]
"""Returns how another verifier differs from a report about these files and this checkpoint; empty when it does not."""


@dataclass(frozen=True)
class World:
    """One case's genuine bundle, what a forger has beside it, and what a reader has from elsewhere."""

    genuine: Files
    spare: Spare
    checkpoint: bytes
    later: bytes
    continuation: bytes
    variants: tuple[Files, ...]

    def outside(self, setting: str) -> bytes | None:
        return {SETTINGS[2]: self.checkpoint, SETTINGS[3]: self.later}.get(setting)

    def judge(self, files: Files, setting: str, *, continuation: bytes | None = None) -> Report:
        """What verify.py finds."""
        report = Report(() if setting == SETTINGS[0] else (KEY.public_key,))
        Bundle(loaded(files, report), report).check(self.outside(setting), continuation)
        return report


def loaded(files: Files, report: Report) -> Material:
    """The files as a folder would give them."""
    material = Material(report)
    for path, data in files.items():
        material.take(path, [data])
        material.folders.update(path[:place] for place, mark in enumerate(path) if mark == "/")
    return material


def make_world(base: Path) -> World:
    case = sample_case(base / "store", MOMENTS)
    case = replace(case, checkpoint=_signed(case.entries, 2))
    older = replace(case, captures=case.captures[:2], entries=case.entries[:5])
    older = replace(older, checkpoint=_signed(older.entries, 1))
    other = sample_case(base / "other-store", MOMENTS, number=2)
    bundle = case.export(base / "bundle")
    older.export(base / "older", created=MOMENT - timedelta(days=3))
    other.export(base / "other")
    grown = _grow(case.entries)
    spare = Spare(read_folder(base / "other"), read_folder(base / "older"))
    continuation = continue_log(*read_bundle_end(bundle.folder), grown, MOMENT).to_bytes()
    return World(
        read_folder(bundle.folder),
        spare,
        case.checkpoint.to_bytes(),
        _signed(grown, 3).to_bytes(),
        continuation,
        _variants(case, base),
    )


def _variants(case: Case, base: Path) -> tuple[Files, ...]:
    gone = case.captures[0].artifacts[1].digest
    buried = with_tombstone(case, gone)
    picture = case.captures[0].artifacts[0].digest
    case.export(base / "shared", variant="shareable", masked={picture: b"masked"})
    buried.export(base / "purged", purged=frozenset({gone}))
    relogged(case, case.entries).export(base / "bare", documents=())
    return tuple(read_folder(base / name) for name in ("bundle", "shared", "purged", "bare"))


def _signed(entries: tuple[Entry, ...], number: int) -> SignedCheckpoint:
    at = MOMENT + timedelta(hours=number - 2)
    return sign_checkpoint(Checkpoint(installation="i" * 32, number=number, at=at, heads=heads_of(entries)), KEY)


def _grow(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    last = [entry for entry in entries if entry.header.chain == CHAIN][-1]
    return (*entries, build_entry(last.head, sample_body(50)))


def strangers_forgeries(world: World) -> Iterator[tuple[str, Files]]:
    """Every edit under every way of sealing that somebody without the genuine key has."""
    for edit, sealing in itertools.product(EDITS, SEALINGS):
        yield f"{edit.__name__}, {sealing.__name__}", _forge(world, edit, sealing)
    yield "everything anew under an own key", _forge(world, lambda *_: None, SEALINGS[3])
    genuine = dict(world.genuine)
    del genuine[SIGNATURE_PATH]
    yield "only the signature removed", with_bag_lists(genuine)
    yield "nothing at all", {}


def _forge(world: World, edit: Edit, sealing: Sealing) -> Files:
    forged = Forged.of(world.genuine)
    edit(forged, world.spare)
    return sealing(forged, world.genuine[SIGNATURE_PATH])


CAUGHT_ALWAYS = {SETTINGS[0]: {1}, SETTINGS[1]: {1}, SETTINGS[2]: {1}, SETTINGS[3]: {1}}
# The holder of the key rewrote his own log: seen by what lies elsewhere, and said to be unseen without it.
CAUGHT_OUTSIDE = {SETTINGS[0]: {3}, SETTINGS[1]: {0}, SETTINGS[2]: {1}, SETTINGS[3]: {1, 3}}
MAKERS: tuple[tuple[Edit, dict[str, set[int]]], ...] = (
    *(
        (edit, CAUGHT_ALWAYS)
        for edit in (
            forgeries.remove_all_captures,
            forgeries.remove_first_capture,
            forgeries.remove_last_capture,
            forgeries.remove_capture_and_its_body,
            forgeries.remove_capture_and_its_entry,
            forgeries.swap_capture,
            forgeries.swap_capture_through_the_log,
            forgeries.reverse_captures,
            forgeries.replace_picture,
            forgeries.replace_picture_in_manifest,
            forgeries.replace_picture_through_the_log,
            forgeries.declare_purged,
            forgeries.declare_personal,
            forgeries.declare_purged_by_another_tombstone,
            forgeries.add_capture_unknown_to_the_log,
            forgeries.add_file_among_captures,
            forgeries.add_unlisted_file,
            forgeries.move_time_of_capture,
            forgeries.change_address,
            forgeries.change_installation,
            forgeries.show_foreign_entry,
            forgeries.unlist_root_files,
        )
    ),
    (forgeries.change_note_in_log, CAUGHT_OUTSIDE),
    (forgeries.cut_log, CAUGHT_OUTSIDE),
    (forgeries.drop_other_chain, CAUGHT_OUTSIDE),
)


def prove_forgeries(limit: int, seed: int, compare: Compare | None = None) -> Counted:
    """Judges forgeries in all four settings.

    Args:
        limit: How many of the strangers' forgeries, and how many of the key's holder, chosen by the seed.
        seed: Chooses.
        compare: Another verifier, which must say the same.
    """
    counted = Counted("forged bundles", seed)
    with scratch_folder() as base:
        world = make_world(base)
        rng = random.Random(seed)
        every = list(strangers_forgeries(world))
        for name, files in rng.sample(every, min(limit, len(every))):
            counted.injections += 1
            for setting in SETTINGS:
                report = world.judge(files, setting)
                allowed = {1, 3} if setting == SETTINGS[0] else {1}
                _expect(counted, f"{name}, {setting}", report, allowed)
                _agree(counted, f"{name}, {setting}", compare, (files, report, world.outside(setting)))
        for edit, ends in rng.sample(MAKERS, min(limit, len(MAKERS))):
            counted.injections += 1
            files = _forge(world, edit, by_maker(KEY))
            for setting, allowed in ends.items():
                report = world.judge(files, setting)
                name = f"{edit.__name__} by the key's holder, {setting}"
                _expect(counted, name, report, allowed)
                is_told = report.exit_code != 0 or "no-outside" in codes(report)
                counted.expect(is_told, f"{name}: neither found nor declared")
                _agree(counted, name, compare, (files, report, world.outside(setting)))
        _replay_genuine(counted, world, compare)
        counted.notes.append(
            f"{len(every)} of strangers known, {len(MAKERS)} of the key's holder, {len(SETTINGS)} settings"
        )
    return counted


def _replay_genuine(counted: Counted, world: World, compare: Compare | None) -> None:
    """Genuine bundles in the place of another one: no forgery, so what they are must be said."""
    for name, files, place in (("older", world.spare.older, "2026-11-19"), ("other case", world.spare.other, "case-2")):
        counted.injections += 1
        for setting in SETTINGS:
            report = world.judge(files, setting)
            told = [text for _, code, _, text in report.findings if code == "bundle-about"]
            counted.expect(len(told) == 1 and place in told[0], f"genuine {name}, {setting}: not told: {told}")
            if name == "older":
                ends = {SETTINGS[0]: 3, SETTINGS[1]: 0}
                _expect(counted, f"genuine {name}, {setting}", report, {ends.get(setting, 3)})
            _agree(counted, f"genuine {name}, {setting}", compare, (files, report, world.outside(setting)))


def prove_file_mutations(mutations: int, seed: int, compare: Compare | None = None) -> Counted:
    """Changes every file in every way, at random places, and asks under the reader's key."""
    counted = Counted("mutated bundles", seed)
    rng = random.Random(seed)
    with scratch_folder() as base:
        world = make_world(base)
        pairs = list(itertools.product(world.genuine, WAYS))
        rng.shuffle(pairs)
        for path, way in itertools.islice(itertools.cycle(pairs), mutations):
            files = dict(rng.choice([variant for variant in world.variants if path in variant]))
            what = mutate(rng, files, path, way)
            counted.injections += 1
            for setting in (SETTINGS[0], SETTINGS[1]):
                report = world.judge(files, setting)
                _expect(counted, f"{what}, {setting}", report, {1} if setting == SETTINGS[1] else {1, 3})
                _agree(counted, f"{what}, {setting}", compare, (files, report, world.outside(setting)))
    return counted


WAYS = ("flip", "cut", "remove", "add", "copy", "insert", "exchange", "lines")


def mutate(rng: random.Random, files: Files, path: str, way: str) -> str:
    """Changes one file in one way, at a random place or with another one; returns what was done."""
    other = rng.choice(sorted(files.keys() - {path}))
    data, place = files[path], rng.randrange(len(files[path]))
    if way == "flip":
        files[path] = data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]
    elif way == "cut":
        files[path] = data[:place]
    elif way == "remove":
        del files[path]
    elif way == "add":
        files[f"{path}.{rng.randrange(99)}"] = rng.randbytes(9)
    elif way == "insert":
        files[path] = data[:place] + rng.choice([b" ", b"\n", b"\0", b"5", b"{}", b"null,"]) + data[place:]
    elif way == "lines":
        lines = data.split(b"\n")
        rng.shuffle(lines)
        files[path] = b"\n".join(lines) if b"\n".join(lines) != data else data + b"\n"
    elif files[other] == data:
        del files[path]
    else:
        files[path], files[other] = files[other], files[other] if way == "copy" else data
    return f"{way} {path} ({other})"


def prove_intact(bundles: int, seed: int, compare: Compare | None = None) -> Counted:
    """Judges intact bundles of every kind in every setting: no alarm."""
    counted = Counted("intact bundles", seed)
    with scratch_folder() as base:
        world = make_world(base)
        ends = {SETTINGS[0]: 3, SETTINGS[1]: 0, SETTINGS[2]: 0, SETTINGS[3]: 3}
        for number in range(bundles):
            counted.injections += 1
            files = world.variants[number % len(world.variants)]
            shuffled = dict(random.Random(seed + number).sample(list(files.items()), len(files)))
            for setting in SETTINGS[: 2 if number % len(world.variants) == 2 else 4]:  # the purged one's log is longer
                report = world.judge(shuffled, setting)
                _expect(counted, f"intact {number}, {setting}", report, {ends[setting]})
                _agree(counted, f"intact {number}, {setting}", compare, (shuffled, report, world.outside(setting)))
            if number % len(world.variants) != 2:
                report = world.judge(shuffled, SETTINGS[3], continuation=world.continuation)
                _expect(counted, f"intact {number}, continued", report, {0})
    return counted


def codes(report: Report) -> set[str]:
    return {code for _, code, _, _ in report.findings}


def _expect(counted: Counted, name: str, report: Report, allowed: set[int]) -> None:
    told = [finding for finding in report.findings if finding[0] != "note"][:3]
    counted.expect(report.exit_code in allowed, f"{name}: {report.exit_code}, not {allowed}: {told}")


def _agree(counted: Counted, name: str, compare: Compare | None, judged: tuple[Files, Report, bytes | None]) -> None:
    if compare is not None:
        difference = compare(*judged)
        counted.expect(not difference, f"{name}: the two verifiers differ: {difference}")


def main(argv: list[str]) -> int:
    forged, mutations, intact, seed = (int(value) for value in (argv + ["999", "600", "50", "3"][len(argv) :]))
    proofs = (prove_forgeries(forged, seed), prove_file_mutations(mutations, seed), prove_intact(intact, seed))
    return max(counted.report() for counted in proofs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
