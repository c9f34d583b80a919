"""What can be known to be wrong before a browser starts: a person's wishes, and appeals that would not be sent."""

from __future__ import annotations

from evidence_store.store import ArtifactStore
from flows.catalog.channel_spec import ChannelSpec
from monitor.appeals.conditions import find_refusal, take_note_of_refusal
from monitor.appeals.machine import IN_FLIGHT, AppealState
from monitor.appeals.payload import attachment_of
from monitor.appeals.steps import tell_next_step
from monitor.cases.attachments import at_home
from monitor.cases.casework import Wishes, check_files, check_text, read_attachment
from monitor.cases.channel_choice import require_channel_on
from monitor.cases.channel_terms import find_channel, terms_of
from monitor.cases.context import CaseContext
from monitor.config.sections import AccountSection
from monitor.errors import AppealError, ChannelOff, NotApproved, UnknownOutcome, UsageError
from monitor.language import gettext as _
from monitor.state import State
from monitor.state.appeals import AppealRecord

_OPEN_ENDED = IN_FLIGHT | {AppealState.UNKNOWN}
_BEFORE_ITS_GESTURE = frozenset({AppealState.DRAFT, AppealState.APPROVED, AppealState.NEEDS_HUMAN})


def check_wishes(installation: CaseContext, account: AccountSection, review_id: str, wishes: Wishes) -> None:
    """Refuses wishes that cannot be fulfilled, whatever the case turns out to be.

    Raises:
        UsageError: ground, channel, reason, text or a file does not fit.
        ChannelOff: the channel is disputed and nobody has confirmed it.
    """
    rules = installation.rules_of(account)
    if wishes.ground is not None and rules.ground(wishes.ground) is None:
        known = ", ".join(ground.id for ground in rules.grounds)
        raise UsageError(
            _("the site's rules know no ground {ground!r}").format(ground=wishes.ground),
            field="ground",
            hint=_("Use one of: {known}").format(known=known),
        )
    if wishes.channel is None:
        for path in wishes.files:
            read_attachment(installation.state, installation.artifacts, account.name, path)
        return
    spec = find_channel(installation.site_of(account), wishes.channel)
    if spec.identity not in account.identities:
        raise UsageError(
            _("{channel} needs the identity {identity}, which account {account} does not have").format(
                channel=wishes.channel, identity=spec.identity, account=account.name
            ),
            field="channel",
            hint=_(
                "Add [account.identities.{identity}] to config.toml, then `fairreview login --identity {identity}`."
            ).format(identity=spec.identity),
        )
    require_channel_on(installation, account, review_id, wishes.channel)
    _check_reason(wishes.channel, spec, wishes.reason_label)
    if wishes.text is not None:
        check_text(wishes.text, wishes.channel, spec, review_id=review_id)
    check_files(installation, account.name, wishes.files, wishes.channel, spec)


def find_early_refusal(installation: CaseContext, account: AccountSection, appeal: AppealRecord) -> AppealError | None:
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
        # What was asked for is the appeal, not a field of it.
        refusal.where, refusal.field = refusal.where or appeal.id, ""
        return refusal
    terms = terms_of(installation.site_of(account), appeal.channel, settings=installation.settings, account=account)
    with installation.state.transaction() as tx:
        stored = tx.appeals.get(appeal.id, locks=True)
        if stored is None:
            return AppealError(_("there is no such appeal"), where=appeal.id)
        found = find_refusal(tx, stored, terms)
        if found is not None:
            take_note_of_refusal(tx, stored, found)
    return found


def require_form_to_fill(installation: CaseContext, account: AccountSection, appeal: AppealRecord) -> None:
    """Refuses to fill a form without sending it where there is none left to fill, or none that may be opened.

    Raises:
        AppealError: the appeal is past its form, a file is gone; ``ChannelOff`` where nobody has confirmed the channel.
    """
    if appeal.state not in _BEFORE_ITS_GESTURE or appeal.gesture_at is not None:
        with installation.state.read() as tx:
            hint = tell_next_step(tx, appeal)
        raise AppealError(
            _("the appeal is {state}: there is no form to fill any more").format(state=appeal.state),
            where=appeal.id,
            hint=hint,
        )
    try:
        require_channel_on(installation, account, appeal.review_id, appeal.channel)
    except ChannelOff as refusal:
        refusal.where, refusal.field = appeal.id, ""
        raise
    _require_files(installation.state, installation.artifacts, appeal)


def require_approved(installation: CaseContext, appeal: AppealRecord) -> None:
    """Refuses to send an appeal that nobody approved.

    Raises:
        UnknownOutcome: it may have gone out; nothing is sent before the site was asked.
        NotApproved: it is not approved.
    """
    if appeal.state == AppealState.APPROVED and appeal.is_open:
        return
    with installation.state.read() as tx:
        hint = tell_next_step(tx, appeal)
    kind = UnknownOutcome if appeal.state in _OPEN_ENDED else NotApproved
    raise kind(_("the appeal is {state}, so it is not sent").format(state=appeal.state), where=appeal.id, hint=hint)


def require_something_to_send(installation: CaseContext, account: AccountSection) -> None:
    """Refuses to start a browser when nothing approved can be sent now.

    Raises:
        UnknownOutcome: nothing is approved, and one may have gone out.
        AppealError: nothing is approved, or why the first one that is cannot be sent.
    """
    with installation.state.read() as tx:
        approved = tx.appeals.of_account(account.name, states=[AppealState.APPROVED.value], only_open=True)
        unsettled = tx.appeals.of_account(account.name, states=sorted(_OPEN_ENDED), only_open=True)
    if not approved and unsettled:
        require_approved(installation, unsettled[0])
    if not approved:
        raise NotApproved(
            "nothing is approved",
            where=account.name,
            hint=_("`fairreview appeal status` shows all."),
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
            _("{name} has no reason «{label}»").format(name=name, label=label),
            field="reason",
            hint=_("Use one of: {reasons}").format(reasons="; ".join(spec.reasons)),
        )


def _require_files(state: State, artifacts: ArtifactStore, appeal: AppealRecord) -> None:
    with state.read() as tx:
        files = tx.appeals.files(appeal.id)
    for file in files:
        if not at_home(artifacts, attachment_of(file)).path.is_file():
            raise AppealError(
                _("the file {file} is not in the evidence store any more").format(file=file.name),
                where=appeal.id,
                hint=_("`fairreview appeal revoke {id}`, then draft it anew with the file attached.").format(
                    id=appeal.id
                ),
            )
