"""A checkpoint that was mailed is a checkpoint kept elsewhere."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path

import pytest

from evidence_store.seal import parse_signed_checkpoint
from monitor.custody.anchors import ACTION
from monitor.custody.checkpoints import make_checkpoint
from monitor.outgoing.anchoring import Anchoring
from tests.unit.monitor.notify_world import TellingWorld, mailbox, telling_world


@pytest.fixture
def world(tmp_path: Path) -> TellingWorld:
    return telling_world(tmp_path / "home", evidence={"anchor_channels": ["post"]})


def sent(world: TellingWorld) -> int:
    with world.installation.state.read() as tx:
        return len(tx.journal.of_action(ACTION))


def test_the_letter_carries_the_checkpoint_as_it_was_signed_and_comes_once_a_day(world: TellingWorld) -> None:
    kept = make_checkpoint(world.installation).signed
    with mailbox() as (port, letters):
        world.channel("post", f"mailto://127.0.0.1:{port}?from=a@example.com&to=b@example.com&mode=insecure")
        anchoring = Anchoring(world.installation)
        assert (anchoring.send_due(), anchoring.send_due()) == ((), ())
        assert (len(letters), sent(world)) == (1, 1)
        world.clock.advance(timedelta(days=1))
        assert anchoring.send_due() == ()
    assert len(letters) == 2
    (file,) = [part for part in letters[0].walk() if part.get_filename()]
    payload = file.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert parse_signed_checkpoint(payload) == kept
    text = next(part for part in letters[0].walk() if part.get_content_type() == "text/plain").get_payload(decode=True)
    assert isinstance(text, bytes)
    assert kept.checkpoint.digest.hex in text.decode()
    assert kept.signature.public_key in text.decode()


def test_a_mail_server_that_is_away_is_told_and_asked_again_after_an_hour(world: TellingWorld) -> None:
    make_checkpoint(world.installation)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    world.channel("post", f"mailto://127.0.0.1:{port}?from=a@example.com&to=b@example.com&mode=insecure")
    anchoring = Anchoring(world.installation)
    (problem,) = anchoring.send_due()
    assert problem.startswith("post: checkpoint 1 was not sent")
    assert anchoring.send_due() == ()
    world.clock.advance(timedelta(hours=1))
    assert len(anchoring.send_due()) == 1
    assert sent(world) == 0


def test_a_channel_that_is_not_there_is_told(world: TellingWorld) -> None:
    make_checkpoint(world.installation)
    (problem,) = Anchoring(world.installation).send_due()
    assert 'no channel is named "post"' in problem


def test_without_a_checkpoint_or_a_channel_nothing_is_sent(world: TellingWorld, tmp_path: Path) -> None:
    assert Anchoring(world.installation).send_due() == ()
    other = telling_world(tmp_path / "other")
    make_checkpoint(other.installation)
    assert Anchoring(other.installation).send_due() == ()
