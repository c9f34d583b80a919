"""Damages a store in every way a disk or a person can, and asks whether the check names the right items.

python -m tests.proofs.evidence_mutations [MUTATIONS] [CLEAN_STORES] [SEED]
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from evidence_store.digests import Digest
from evidence_store.findings import is_sound
from evidence_store.store import ArtifactStore
from tests.proofs.counted import Counted, scratch_folder

ITEMS = 200
Damage = Callable[[random.Random, list[Path], Path], list[Path]]


def main(argv: list[str]) -> int:
    mutations, clean, seed = (int(value) for value in (argv + ["500", "50", "4"][len(argv) :]))
    return prove_mutations(mutations, clean, seed).report()


def prove_mutations(mutations: int, clean: int, seed: int) -> Counted:
    counted = Counted("store mutations", seed)
    rng = random.Random(seed)
    with scratch_folder() as base:
        for number in range(clean):
            store = filled_store(base / "clean", rng, rng.randrange(1, 40))
            counted.expect(store.fsck(store.digests()) == [], f"false alarm in clean store {number}")
            shutil.rmtree(base / "clean")
        store = filled_store(base / "store", rng, ITEMS)
        expected = list(store.digests())
        shutil.copytree(base / "store", base / "pristine")
        for number in range(mutations):
            counted.injections += 1
            damage = DAMAGES[number % len(DAMAGES)]
            _mutate_and_check(counted, rng, store, expected, damage)
            shutil.rmtree(base / "store")
            shutil.copytree(base / "pristine", base / "store")
        counted.notes.append(f"{clean} clean stores")
    return counted


def filled_store(root: Path, rng: random.Random, count: int) -> ArtifactStore:
    store = ArtifactStore(root)
    for _ in range(count):
        store.put(rng.randbytes(rng.choice([20, 300, 5_000, 40_000])))
    return store


def _mutate_and_check(
    counted: Counted, rng: random.Random, store: ArtifactStore, expected: list[Digest], damage: Damage
) -> None:
    items = sorted(store.path_of(digest) for digest in expected)
    touched = {path.relative_to(store.root).as_posix() for path in damage(rng, items, store.root)}
    before = snapshot(store.root)
    findings = store.fsck(expected)
    named = {finding.item for finding in findings}
    what = f"{damage.__name__}: named {sorted(named)}, touched {sorted(touched)}"
    counted.expect(not is_sound(findings), f"not found: {what}")
    counted.expect(named == touched, f"wrong items: {what}")
    counted.expect(snapshot(store.root) == before, f"changed on disk: {what}")


def snapshot(root: Path) -> dict[str, tuple[int, int, int, str]]:
    """Everything on disk: mode, size, time of change and content of each name."""
    found = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""
        found[str(path)] = (status.st_mode, status.st_size, status.st_mtime_ns, content)
    return found


def flip_bit(rng: random.Random, items: list[Path], _root: Path) -> list[Path]:
    path = rng.choice(items)
    data = bytearray(path.read_bytes())
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)
    return [path]


def truncate(rng: random.Random, items: list[Path], _root: Path) -> list[Path]:
    path = rng.choice(items)
    os.truncate(path, rng.randrange(path.stat().st_size))
    return [path]


def append(rng: random.Random, items: list[Path], _root: Path) -> list[Path]:
    path = rng.choice(items)
    path.write_bytes(path.read_bytes() + rng.randbytes(rng.randrange(1, 50)))
    return [path]


def swap(rng: random.Random, items: list[Path], root: Path) -> list[Path]:
    one, other = rng.sample(items, 2)
    one.rename(root.parent / "aside")
    other.rename(one)
    (root.parent / "aside").rename(other)
    return [one, other]


def copy_over(rng: random.Random, items: list[Path], _root: Path) -> list[Path]:
    one, other = rng.sample(items, 2)
    one.write_bytes(other.read_bytes())
    return [one]


def delete(rng: random.Random, items: list[Path], _root: Path) -> list[Path]:
    path = rng.choice(items)
    path.unlink()
    return [path]


def rename(rng: random.Random, items: list[Path], _root: Path) -> list[Path]:
    path = rng.choice(items)
    names = [f"{path.name[:2]}{rng.randbytes(31).hex()}", path.name.upper(), f"{path.name}.png", "x"]
    target = path.with_name(rng.choice([name for name in names if name != path.name]))
    path.rename(target)
    return [path, target]


def change_mode(rng: random.Random, items: list[Path], _root: Path) -> list[Path]:
    path = rng.choice(items)
    path.chmod(rng.choice([0o644, 0o666, 0o400, 0o000, 0o700]))
    return [path]


def fill_with_zeros(rng: random.Random, items: list[Path], _root: Path) -> list[Path]:
    path = rng.choice(items)
    path.write_bytes(b"\0" * path.stat().st_size)
    return [path]


def replace_by_link(rng: random.Random, items: list[Path], root: Path) -> list[Path]:
    path = rng.choice(items)
    target = root.parent / f"outside-{rng.randrange(10**9)}"
    path.rename(target)
    path.symlink_to(target)
    return [path]


def replace_by_folder(rng: random.Random, items: list[Path], _root: Path) -> list[Path]:
    path = rng.choice(items)
    path.unlink()
    path.mkdir()
    return [path]


def add_a_stranger(rng: random.Random, items: list[Path], root: Path) -> list[Path]:
    name = rng.choice(["readme.txt", "sha256/readme.txt", f"sha256/{items[0].parent.name}/readme.txt"])
    (root / name).write_text("hello")
    return [root / name]


DAMAGES: list[Damage] = [
    flip_bit,
    truncate,
    append,
    swap,
    copy_over,
    delete,
    rename,
    change_mode,
    fill_with_zeros,
    replace_by_link,
    replace_by_folder,
    add_a_stranger,
]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
