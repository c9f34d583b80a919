"""An installation with one captured case, made without a browser, and the command line over it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from evidence_store.artifacts import Artifact, ArtifactKind
from evidence_store.digests import Digest
from evidence_store.manifest import Box, CaptureManifest, Subject
from monitor.bootstrap import Installation, open_installation
from monitor.config.home import Home
from monitor.config.template import write_config
from monitor.custody.readings import seal_reading
from monitor.state import Action, subject
from monitor.state.cases import ArtifactRecord, CaseRecord
from monitor.state.repository import new_id
from tests.appeal_world import ACCOUNT, SKU, settle_in
from tests.quick_secrets import create_quick_store
from tests.unit.evidence_store.samples import SCHEDULE, sample_manifest
from tests.whole_command import run_in_process

REVIEW = "r1"
PASSPHRASE = "correct horse battery staple"
MANIFEST_TIMES = sample_manifest().times
OPERATOR = {
    "name": "Анна Примерова",
    "role": "менеджер",
    "position": "менеджер по качеству",
    "organisation": "ООО «Пример»",
    "inn": "7700000000",
    "place": "г. Примерск",
}
AUTHOR_BOX = (20, 10, 120, 24)


@dataclass(frozen=True)
class World:
    """One installation with a case."""

    installation: Installation
    case: CaseRecord

    def run(self, *arguments: str | Path) -> int:
        """Runs a command as the terminal would; returns its exit code, 0 when it simply ended."""
        return run_in_process("--home", self.installation.home.root, *arguments)

    def actions(self) -> list[str]:
        """Returns what the account's log says, in order."""
        with self.installation.state.read() as tx:
            head = tx.journal.heads()[ACCOUNT]
            return [row.action for row in tx.journal.rows(head.chain)]


def make_world(folder: Path, *, state_url: str = "", **evidence: object) -> World:
    """Makes the installation in ``folder``, its state there or at a URL; other keywords go into ``[evidence]``."""
    passphrase = folder / "passphrase"
    passphrase.write_text(PASSPHRASE)
    passphrase.chmod(0o600)
    home = Home(folder / "home")
    home.create()
    values = {
        "operator": OPERATOR,
        "vault": {"passphrase_file": str(passphrase)},
        "evidence": evidence,
        "state": {"url": state_url},
        "sites": {"ozon": {"origins": {name: f"http://{name}.localhost:1" for name in ("www", "seller", "sso")}}},
        "account": [{"name": ACCOUNT, "identities": {"site_profile": {}}}],
    }
    write_config(home.config, values)
    create_quick_store(home.secrets, PASSPHRASE)
    installation = open_installation(home.root)
    settle_in(installation.state, [REVIEW, "r2"])
    with installation.state.transaction() as tx:
        case = tx.cases.open(ACCOUNT, REVIEW)
    world = World(installation, case)
    for moment in ("public", "confirmation"):
        seal(world, moment)
    return world


def picture(colour: str = "white") -> bytes:
    image = Image.new("RGB", (300, 120), colour)
    ImageDraw.Draw(image).rectangle((20, 10, 139, 33), fill="red")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def seal(world: World, moment: str, *, warc: bytes | None = None, has_reading: bool = False) -> CaptureManifest:
    """Puts a capture into store, index and log, as a visit does."""
    installation, case = world.installation, world.case
    now = installation.clock.now()
    data = {
        ArtifactKind.ELEMENT_PNG: ("image/png", picture("lightgrey" if moment == "public" else "lightblue")),
        ArtifactKind.VISIBLE_TEXT: ("text/plain", f"{moment}: плохо".encode()),
    }
    if warc is not None:
        data[ArtifactKind.WARC] = ("application/warc", warc)
    if has_reading:
        with installation.state.read() as tx:
            version = tx.reviews.newest_version(ACCOUNT, REVIEW)
            assert version is not None
            data[ArtifactKind.REVIEW_READING] = ("application/json", seal_reading(tx, version, sku=SKU, shown_as=""))
    artifacts = tuple(
        Artifact(kind=kind, media_type=media_type, digest=installation.artifacts.put(body), size=len(body))
        for kind, (media_type, body) in data.items()
    )
    x, y, width, height = AUTHOR_BOX
    box = Box(what="author_name", picture=artifacts[0].digest, x=x, y=y, width=width, height=height)
    with installation.state.read() as tx:
        rows = [row for row in tx.artifacts.of_review(ACCOUNT, REVIEW) if row.manifest_sha256]
    manifest = sample_manifest(
        moment=moment,
        subject=Subject(site="ozon", review_id=REVIEW, product_id="1001", case_id=case.id),
        artifacts=artifacts,
        boxes=(box,),
        times=MANIFEST_TIMES.model_copy(update={"started": now, "finished": now}),
        previous=Digest("sha256", rows[-1].manifest_sha256) if rows else None,
    )
    digest = installation.artifacts.put(manifest.to_bytes())
    with installation.state.transaction() as tx:
        for artifact in artifacts:
            tx.artifacts.add(_record(case, manifest, artifact, at=tx.now()))
        named = [str(digest), *(str(artifact.digest) for artifact in artifacts)]
        subjects = [subject("review", REVIEW), subject("case", case.id)]
        action = Action("evidence.capture", actor=SCHEDULE, subjects=subjects, artifacts=named)
        tx.journal.record(ACCOUNT, action)
    return manifest


def _record(case: CaseRecord, manifest: CaptureManifest, artifact: Artifact, *, at: datetime) -> ArtifactRecord:
    return ArtifactRecord(
        id=new_id("artifact"),
        account_id=ACCOUNT,
        moment=manifest.moment,
        sha256=artifact.digest.hex,
        manifest_sha256=manifest.digest.hex,
        path=str(artifact.digest),
        media_type=artifact.media_type,
        size=artifact.size,
        review_id=REVIEW,
        case_id=case.id,
        appeal_id=None,
        visit_id=None,
        captured_at=at,
        is_complete=True,
        notes={"kind": artifact.kind.value, "is_derived": False},
    )


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """Returns everything a command said."""
    seen = capsys.readouterr()
    return seen.out + seen.err
