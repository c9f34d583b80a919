"""Looks which ways to appeal one review this account really has. Opens menus and forms, sends nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from flows.errors import AlreadyReported, FlowError, FormMismatch, SignInRequired, WallMet, WrongAccount
from flows.library.filing import open_channel
from flows.library.form_channel import FormLook

if TYPE_CHECKING:
    from flows.library.filing import OpenChannel
    from flows.session import AccountWitness
    from flows.workbench import Workbench

Control = Literal["present", "absent", "already_reported", "cannot_say"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTarget:
    """The review to look for: its id, any address of its product, and its order when known."""

    review_id: str
    product_url: str
    order_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelProbe:
    """What one look found.

    Attributes:
        control: Whether the way is there; ``cannot_say`` when something else stood in between.
        form: Reasons as shown, limits, and whether the review was appealed before and could be once more.
        detail: In words, when the way is not there.
    """

    channel: str
    review_id: str
    control: Control
    form: FormLook = field(default_factory=FormLook)
    detail: str = ""
    url: str = ""


def probe_channel(
    bench: Workbench, channel: str, target: ProbeTarget, *, state: bytes, expected: AccountWitness
) -> ChannelProbe:
    """Looks for one channel's control for one review, in a submit context whose gate stays closed.

    Args:
        bench: Browser, site and budget.
        channel: The channel.
        target: The review.
        state: The session of the channel's identity.
        expected: The account that must be signed in.

    Raises:
        flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.WrongAccount: as their names say.
    """
    with open_channel(bench, channel, state=state, expected=expected) as form:
        return look_for(form, channel, target)


def look_for(opened: OpenChannel, channel: str, target: ProbeTarget) -> ChannelProbe:
    """Looks through a channel that is open and leaves the page as it was found, for a picture.

    Raises:
        flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.WrongAccount: as their names say.
    """
    control: Control = "present"
    form = FormLook()
    detail = ""
    try:
        form = opened.channel.look(target)
    except (WallMet, SignInRequired, WrongAccount):
        raise
    except AlreadyReported as error:
        control, detail = "already_reported", str(error)
    except FlowError as error:
        control, detail = _control_of(error), str(error)
    return ChannelProbe(
        channel=channel,
        review_id=target.review_id,
        control=control,
        form=form,
        detail=detail,
        url=opened.tab.page.url,
    )


def _control_of(error: FlowError) -> Control:
    """A page that was there and did not offer the control says "absent"; any other trouble says nothing."""
    return "absent" if isinstance(error, FormMismatch) else "cannot_say"
