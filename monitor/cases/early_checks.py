"""What can be known to be wrong before a browser starts: a person's wishes, and appeals that would not be sent."""

from __future__ import annotations

from evidence_store.store import ArtifactStore
from flows.catalog.channel_spec import ChannelSpec
from monitor.appeals.conditions import find_refusal, take_note_of_refusal
from monitor.appeals.machine import AppealState
from monitor.appeals.payload import attachment_of
from monitor.bootstrap import Installation
from monitor.cases.attachments import at_home
from monitor.cases.casework import Wishes, check_files, check_text, read_attachment
from monitor.cases.channel_choice import require_channel_on
from monitor.cases.channel_terms import find_channel, terms_of
from monitor.config.sections import AccountSection
from monitor.errors import AppealError, NotApproved, UsageError
from monitor.state import State
from monitor.state.appeals import AppealRecord


def check_wishes(installation: Installation, account: AccountSection, review_id: str, wishes: Wishes) -> None:
    """Refuses wishes that cannot be fulfilled, whatever the case turns out to be.

    Raises:
        UsageError: ground, channel, reason, text or a file does not fit.
        ChannelOff: the channel is disputed and nobody has confirmed it.
    """
    rules = installation.rules_of(account)
    if wishes.ground is not None and rules.ground(wishes.ground) is None:
        known = ", ".join(ground.id for ground in rules.grounds)
        raise UsageError(
            f"the site's rules know no ground {wishes.ground!r}", field="ground", hint=f"Use one of: {known}"
        )
    if wishes.channel is None:
        for path in wishes.files:
            read_attachment(installation.state, installation.artifacts, account.name, path)
        return
    spec = find_channel(installation.site_of(account), wishes.channel)
    if spec.identity not in account.identities:
        raise UsageError(
            f"{wishes.channel} needs the identity {spec.identity}, which account {account.name} does not have",
            field="channel",
            hint=f"Add [account.identities.{spec.identity}] to config.toml, then `fairreview login`.",
        )
    require_channel_on(installation, account, review_id, wishes.channel)
    _check_reason(wishes.channel, spec, wishes.reason_label)
    if wishes.text is not None:
        check_text(wishes.text, wishes.channel, spec, review_id=review_id)
    check_files(installation, account.name, wishes.files, wishes.channel, spec)


def find_early_refusal(installation: Installation, account: AccountSection, appeal: AppealRecord) -> AppealError | None:
    """Returns why nothing would be sent of an approved appeal; what follows from it is written down, as a visit does.

    Args:
        installation: The installation.
        account: The appeal's account.
        appeal: An approved appeal.
    """
    try:
        installation.state.require_one_life()
        require_channel_on(installation, account, appeal.review_id, appeal.channel)
        _require_files(installation.state, installation.artifacts, appeal)
    except AppealError as refusal:
        return refusal
    terms = terms_of(installation.site_of(account), appeal.channel, settings=installation.settings, account=account)
    with installation.state.transaction() as tx:
        stored = tx.appeals.get(appeal.id, locks=True)
        if stored is None:
            return AppealError("there is no such appeal", where=appeal.id)
        found = find_refusal(tx, stored, terms)
        if found is not None:
            take_note_of_refusal(tx, stored, found)
    return found


def require_something_to_send(installation: Installation, account: AccountSection) -> None:
    """Refuses to start a browser when nothing approved can be sent now.

    Raises:
        AppealError: nothing is approved, or why the first one that is cannot be sent.
    """
    with installation.state.read() as tx:
        approved = tx.appeals.of_account(account.name, states=[AppealState.APPROVED.value], only_open=True)
    if not approved:
        raise NotApproved(
            "nothing is approved",
            where=account.name,
            hint="`fairreview appeal status` shows all.",
        )
    refusals = [find_early_refusal(installation, account, appeal) for appeal in approved]
    if (first := refusals[0]) is not None and all(refusals):
        raise first


def _check_reason(name: str, spec: ChannelSpec, label: str | None) -> None:
    """Where the site's own data gave the options, another one cannot be right; elsewhere the form decides."""
    if label is None or not spec.reasons or not spec.verified.startswith("capture"):
        return
    if label not in spec.reasons:
        raise UsageError(
            f"{name} has no reason «{label}»", field="reason", hint=f"Use one of: {'; '.join(spec.reasons)}"
        )


def _require_files(state: State, artifacts: ArtifactStore, appeal: AppealRecord) -> None:
    with state.read() as tx:
        files = tx.appeals.files(appeal.id)
    for file in files:
        if not at_home(artifacts, attachment_of(file)).path.is_file():
            raise AppealError(
                f"the file {file.name} is not in the evidence store any more",
                where=appeal.id,
                hint=f"`fairreview appeal revoke {appeal.id}`, then draft it anew with the file attached.",
            )
