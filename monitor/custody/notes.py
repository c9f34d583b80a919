"""Custody: who took evidence in, looked at it, masked it or handed it on. Each is an entry of the action log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evidence_store.act import Maker
from evidence_store.digests import Digest
from evidence_store.journal import Actor
from evidence_store.manifest import Operator
from monitor.config.home import Home
from monitor.config.settings import Settings
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.state import Action, State, Transaction, subject
from monitor.state.cases import CaseRecord
from monitor.state.text import JsonValue

WORDLESS = frozenset(
    {
        "evidence.capture",
        "evidence.export",
        "evidence.mask",
        "evidence.purge",
        "evidence.time_stamp",
        "evidence.view",
        "log.purge",
    }
)
"""Entries of these hold digests, moments, addresses and our own names, and nothing that a buyer or the seller wrote.

They may be read in a shareable bundle, and they keep their bodies in a purge.
"""


def person_of(settings: Settings) -> Actor:
    """Returns the person who gives the order, as the log names them.

    Raises:
        SettingsError: the settings name nobody, and nobody is not a keeper.
    """
    operator = settings.operator
    if not operator.name:
        raise SettingsError(
            _("nobody is named as operator"), where="operator.name", hint=_("Write your name in config.toml.")
        )
    return Actor(kind="operator", id=operator.name, name=operator.name, role=operator.role)


def fields_of_maker(settings: Settings) -> dict[str, str]:
    """Returns what an act of inspection says of who makes it, by its key under ``[operator]``; empty: not said yet."""
    operator = settings.operator
    return {
        "name": operator.name,
        "position": operator.position or operator.role,
        "organisation": operator.organisation,
        "inn": operator.inn,
        "place": operator.place,
    }


def require_maker(settings: Settings, home: Home) -> Maker:
    """Returns who makes papers, for whom and where.

    Raises:
        SettingsError: something of it is empty; a paper without it is worth little, so none is made.
    """
    wanted = fields_of_maker(settings)
    del wanted["name"]
    empty = [f"operator.{name}" for name, value in wanted.items() if not value]
    if empty:
        raise SettingsError(
            _("an act of inspection names who makes it, for whom and where: {empty} empty").format(
                empty=", ".join(empty)
            ),
            where=str(home.config),
            hint=_('Write them under [operator]; for example: place = "г. Москва".'),
        )
    return Maker(**wanted)


def operator_of(actor: Actor) -> Operator:
    """Returns the same person as a manifest names them."""
    return Operator(kind="person", id=actor.id, name=actor.name, role=actor.role)


def require_case(state: State, case_id: str) -> CaseRecord:
    """Returns a case.

    Raises:
        SettingsError: there is none of this name.
    """
    with state.read() as tx:
        found = tx.cases.get(case_id)
    if found is None:
        raise SettingsError(
            _("there is no case {case_id!r}").format(case_id=case_id[:80]),
            where="CASE",
            hint=_("`fairreview case list` shows them."),
        )
    return found


def note_custody(  # the parts of one entry
    tx: Transaction,
    case: CaseRecord,
    name: str,
    *,
    actor: Actor,
    artifacts: Iterable[Digest] = (),
    inputs: Mapping[str, JsonValue] | None = None,
    outputs: Mapping[str, JsonValue] | None = None,
) -> None:
    """Writes an entry about a case's evidence into the account's log, inside this transaction."""
    action = Action(
        name,
        actor=actor,
        subjects=[subject("review", case.review_id), subject("case", case.id)],
        inputs=inputs or {},
        outputs=outputs or {},
        artifacts=[str(digest) for digest in artifacts],
    )
    tx.journal.record(case.account_id, action)
