"""Damages one file of an exported bundle and asks the bundle's own verifier, by itself, whether it names that file.

python -m tests.proofs.evidence_bundles [DAMAGES] [SEED]
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

from evidence_store.bundle import BUNDLE_PATH, SIGNATURE_PATH
from tests.proofs.counted import Counted, scratch_folder
from tests.proofs.evidence_mutations import snapshot
from tests.unit.evidence_store.bundles import KEY, sample_case

CLEAN = 10  # a share of all bundles is left alone


def main(argv: list[str]) -> int:
    damages, seed = (int(value) for value in (argv + ["100", "9"][len(argv) :]))
    return prove_bundles(damages, seed).report()


def prove_bundles(damages: int, seed: int) -> Counted:
    counted = Counted("bundle damages", seed)
    rng = random.Random(seed)
    with scratch_folder() as base:
        sample_case(base / "store").export(base / "pristine")
        for number in range(damages + damages // CLEAN):
            bundle = base / "bundle"
            shutil.copytree(base / "pristine", bundle)
            touched = damage(rng, bundle) if number < damages else ""
            before = snapshot(bundle)
            code, named = judge(bundle, base / "pristine" / "verify.py")
            counted.injections += bool(touched)
            if touched:
                # A list that was changed is named where its signature is checked.
                names = {touched, touched.replace(BUNDLE_PATH, SIGNATURE_PATH)}
                is_named = any(name in item for item in named for name in names)
                counted.expect(code == 1 and is_named, f"{touched}: {code} {named}")
            else:
                counted.expect(code == 0, f"false alarm: {named}")
            counted.expect(snapshot(bundle) == before, f"{touched}: changed on disk")
            shutil.rmtree(bundle)
        counted.notes.append(f"{damages // CLEAN} clean bundles")
    return counted


def damage(rng: random.Random, bundle: Path) -> str:
    """Changes one file, removes it, or adds one; returns its path in the bundle."""
    path = rng.choice(sorted(each for each in bundle.rglob("*") if each.is_file()))
    way = rng.choice(["flip", "cut", "remove", "add"])
    if way == "add":
        path = path.with_name("added.txt")
        path.write_bytes(b"x")
    elif way == "remove":
        path.unlink()
    else:
        data = bytearray(path.read_bytes())
        place = rng.randrange(len(data))
        data[place] ^= 1 << rng.randrange(8)
        path.write_bytes(data if way == "flip" else data[:place])
    return path.relative_to(bundle).as_posix()


def judge(bundle: Path, program: Path) -> tuple[int, list[str]]:
    """Runs the verifier as a reader does; returns its exit code and the lines that name damage."""
    command = [sys.executable, "-I", "-S", str(program), str(bundle), "--key", KEY.public_key]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    return done.returncode, [line for line in done.stdout.decode().splitlines() if line.startswith("ПОВРЕЖДЕНО")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
