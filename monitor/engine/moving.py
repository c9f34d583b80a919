"""Moves an account to another machine's home: evidence, sessions, secrets, settings; each is read back on arrival.

The source is the account's home, or a copy of it where that machine is dead. State and action log lie in the database
both share. The account's lock is held throughout, so no visit can begin on either side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError
from evidence_store.mirror import Mirror, compare
from evidence_store.store import ArtifactStore
from monitor.config.home import Home
from monitor.config.settings import load_settings, state_url
from monitor.config.template import render_account
from monitor.custody.purging import purged
from monitor.engine.context import EngineContext
from monitor.engine.homes import worker_name
from monitor.errors import AccountElsewhere, MoveIncomplete, SecretsUnavailable, SettingsError
from monitor.files.private import write_private
from monitor.language import gettext as _
from monitor.secrets.stores import SecretStore
from monitor.state import Action, Lease, State, subject
from monitor.state.repository import new_id

_LEASE = timedelta(minutes=10)
_RENEW_EVERY = 100  # files


@dataclass(frozen=True)
class MoveTerms:
    """What may be missing when an account moves, because a person said so.

    Attributes:
        without_secrets: Sessions and secrets stay behind; the account signs in anew.
        accepts_loss: Evidence that the source does not have (any more) is written off, by name, in the log.
    """

    without_secrets: bool = False
    accepts_loss: bool = False


@dataclass
class Moved:
    """What a move brought along."""

    account: str
    origin: str
    worker: str
    files: int = 0
    bytes: int = 0
    secrets: int = 0
    lost: list[str] = field(default_factory=list)


def move_account(source: EngineContext, target: EngineContext, account: str, terms: MoveTerms) -> Moved:
    """Moves one account; until everything has arrived and was read back, nothing has changed.

    Args:
        source: The account's home, or a copy of it.
        target: The home it moves to.
        account: Its name.
        terms: What may be missing.

    Raises:
        AccountBusy: a visit is under way.
        AccountElsewhere: the source is not its home.
        MoveIncomplete: evidence is missing or damaged in the source, or did not arrive.
        SecretsUnavailable: a secret store cannot be opened.
        SettingsError: the two homes do not share a store.
    """
    _require_one_store(source, target)
    moved = Moved(account, worker_name(source.settings), worker_name(target.settings))
    section = source.settings.find_account(account)
    lease = target.state.acquire(account, f"move/{new_id('move')}", _LEASE)
    try:
        _require_origin(target.state, moved)
        _bring_evidence(source.artifacts, target, lease, moved, terms)
        if not terms.without_secrets:
            _bring_secrets(source.secrets, target, moved)
        if all(known.name != account for known in load_settings(target.home).account):
            text = target.home.config.read_text(encoding="utf-8")
            write_private(target.home.config, (text.rstrip() + "\n" + render_account(section)).encode())
            load_settings(target.home)
        _bring_log(target.state, target.home, account)
        target.state.heartbeat(lease)
        with target.state.transaction(lease) as tx:
            tx.homes.move(account, moved.worker)
            tx.schedule.make_all_due(account)
            tx.journal.record(account, _action(moved, lease))
        target.state.flush_mirror()
    finally:
        target.state.release(lease)
    return moved


def _action(moved: Moved, lease: Lease) -> Action:
    return Action(
        "account.moved",
        subjects=[subject("account", moved.account)],
        outputs={
            "from": moved.origin,
            "to": moved.worker,
            "files": moved.files,
            "secrets": moved.secrets,
            "lost": list(moved.lost),
        },
        fence=lease.fence,
    )


def _require_one_store(source: EngineContext, target: EngineContext) -> None:
    urls = {state_url(one.settings, one.home) for one in (source, target)}
    with source.state.read() as ours, target.state.read() as theirs:
        is_same = ours.installation.get().installation_id == theirs.installation.get().installation_id
    if not is_same or not all(url.startswith("postgresql") for url in urls):
        raise SettingsError(
            _("the two homes do not share a store"),
            where=str(target.home.config),
            hint=_("Both need the same PostgreSQL in [state] url."),
        )


def _require_origin(state: State, moved: Moved) -> None:
    with state.read() as tx:
        found = tx.homes.of(moved.account)
    home = moved.origin if found is None else found.worker
    if home == moved.worker:
        raise AccountElsewhere(
            _("account {account} is at home with {worker} already").format(account=moved.account, worker=moved.worker),
            field="to",
        )
    if home != moved.origin:
        raise AccountElsewhere(
            _("account {account} is at home with worker {home}, and this is {origin}").format(
                account=moved.account, home=home, origin=moved.origin
            ),
            field="home",
            hint=_("Run the command on its home, or on a copy of that home."),
        )


def _bring_evidence(
    artifacts: ArtifactStore, target: EngineContext, lease: Lease, moved: Moved, terms: MoveTerms
) -> None:
    for number, digest in enumerate(_find_digests(target.state, moved.account)):
        if number % _RENEW_EVERY == _RENEW_EVERY - 1:
            target.state.heartbeat(lease)
        try:
            data = artifacts.read(digest)
        except EvidenceError as error:
            if not terms.accepts_loss:
                raise MoveIncomplete(
                    _("evidence is missing or damaged in the source: {error}").format(error=error),
                    where=str(digest),
                    hint=_("Take a newer copy, or accept the loss by name. Nothing was moved."),
                ) from error
            moved.lost.append(str(digest))
            continue
        arrived = target.artifacts.put(data)
        if arrived != digest or target.artifacts.read(digest) != data:
            raise MoveIncomplete(_("evidence did not arrive as it was sent; nothing was moved"), where=str(digest))
        moved.files, moved.bytes = moved.files + 1, moved.bytes + len(data)


def _find_digests(state: State, account: str) -> list[Digest]:
    """Everything the account's rows and its part of the log name, but for what was purged by rule."""
    with state.read() as tx:
        rows = tx.artifacts.of_account(account)
        head = tx.journal.heads().get(account)
        entries = [row.to_entry() for row in tx.journal.rows(head.chain)] if head else []
        gone = purged(tx)
    found = {Digest("sha256", text) for row in rows for text in (row.sha256, row.manifest_sha256) if text}
    for entry in entries:
        try:
            body = entry.read_body()
        except EvidenceError:
            continue  # purged; the log's own check tells whether rightly
        found |= set(body.artifacts) if body else set()
    return sorted(found - gone, key=str)


def _bring_secrets(secrets: SecretStore, target: EngineContext, moved: Moved) -> None:
    for name in _secret_names(secrets, moved.account):
        found = secrets.load(name)
        if found is None:
            continue
        target.secrets.save(name, found.value)
        arrived = target.secrets.load(name)
        if arrived is None or arrived.value != found.value:
            raise SecretsUnavailable(_("a secret did not arrive as it was sent; nothing was moved"), where=name)
        moved.secrets += 1


def _secret_names(secrets: SecretStore, account: str) -> Iterator[str]:
    for prefix in (f"session/{account}/", f"account/{account}/"):
        yield from secrets.names(prefix)


def _bring_log(state: State, home: Home, account: str) -> None:
    state.flush_mirror()
    with state.read() as tx:
        head = tx.journal.heads().get(account)
        rows = [row.to_entry() for row in tx.journal.rows(head.chain)] if head else []
    if head is None:
        return
    mirrored, findings = Mirror(home.action_log, head.chain).read()
    if findings or compare(rows, mirrored):
        raise MoveIncomplete(
            _("the action log did not arrive whole"),
            where=head.chain,
            hint=_("`fairreview evidence verify` names what differs."),
        )
