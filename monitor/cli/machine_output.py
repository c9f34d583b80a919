"""What ``--json`` prints, by command: one model each; those of use cases are theirs.

A list is printed as JSON Lines, one value a line; everything else is one document. ``version`` is raised when a key
goes away or changes its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import AwareDatetime, BaseModel, JsonValue

from monitor.support.law.deadlines import Deadline
from monitor.support.law.fees import Fee
from monitor.support.law.ladder import Advice
from monitor.support.law.rules import Rule
from monitor.use_cases.law import PastedRule
from monitor.use_cases.learning_models import AppealsWorth, ShowingNoted
from monitor.use_cases.models import Answer, Appeal, Case, FileOfAppeal, Review, ReviewStory


class LogEntry(Answer):
    """An entry of the action log; of a purged one only its place and digest are left.

    Attributes:
        problem: Why its body could not be read; null where it could.
    """

    seq: int
    at: AwareDatetime
    action: str
    actor: str | None
    subjects: tuple[str, ...]
    outputs: Mapping[str, JsonValue]
    is_purged: bool
    problem: str | None
    digest: str


class Session(Answer):
    """One identity of an account; ``state`` is ``none`` where nobody ever signed in."""

    account: str
    identity: str
    state: str
    signed_in_as: str | None
    proven_at: AwareDatetime | None
    saved_at: AwareDatetime | None


class Message(Answer):
    """A message on its way through one channel; ``channel`` is null while it was given to none.

    Attributes:
        at: When it was sent, or when it is tried next.
    """

    account: str
    message: int
    event: str
    channel: str | None
    state: str
    attempts: int
    at: AwareDatetime | None
    error: str | None


class Health(Answer):
    """How a product, or another source of reviews (``source NAME``), stands."""

    account: str
    product: str
    last_full_at: AwareDatetime | None
    age_seconds: int | None
    limit_seconds: int
    is_late: bool
    is_troubled: bool
    remark: str | None


class Source(Answer):
    """How one further source of reviews stands; ``hint`` is the next step."""

    account: str
    source: str
    last_full_at: AwareDatetime | None
    limit_seconds: int
    is_late: bool
    reviews: int
    of_other_products: int
    held_until: AwareDatetime | None
    problem: str | None
    hint: str | None


class PlannedRun(Answer):
    """One run to come; ``at`` has the offset of the rule's own zone."""

    account: str
    task: str
    at: AwareDatetime
    zone: str
    rule: str
    remark: str | None


class Slot(Answer):
    """What became of a slot, or of all from ``slot_at`` to ``until_at``."""

    account: str
    task: str
    slot_at: AwareDatetime
    until_at: AwareDatetime | None
    state: str
    reason: str | None
    is_catch_up: bool
    started_at: AwareDatetime | None
    visit: str | None


class QuestionOfSite(Answer):
    """A question of the site about an appeal, and the answer as it stands.

    Attributes:
        answer_hash: What an approval is bound to (``appeal answer approve --hash``).
    """

    appeal_id: str
    number: str | None
    asked: str
    answer_by: AwareDatetime | None
    state: str
    answer: str | None
    files: tuple[FileOfAppeal, ...]
    answer_hash: str | None


class LawRule(Answer):
    """A rule of law with where it was seen, and its own words where somebody pasted them."""

    rule: Rule
    pasted: PastedRule | None


class LawDeadline(Answer):
    """A last day with everything it rests on; two lines where no source says which days are meant."""

    deadline: Deadline


class LawFee(Answer):
    """A court's fee in roubles, with its calculation."""

    fee: Fee


class LawAdvice(Answer):
    """What can still be done about a review; ``advice.next_step`` is null where the advice is to stop."""

    review: str
    advice: Advice


SCHEMAS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "appeal answer draft": QuestionOfSite,
        "appeal answer show": QuestionOfSite,
        "appeal draft": Appeal,
        "appeal preview": Appeal,
        "appeal status": Appeal,
        "case list": Case,
        "health": Health,
        "insight appeals": AppealsWorth,
        "insight shown": ShowingNoted,
        "law deadline": LawDeadline,
        "law fee": LawFee,
        "law ladder": LawAdvice,
        "law list": LawRule,
        "law show": LawRule,
        "log": LogEntry,
        "notify status": Message,
        "plan": PlannedRun,
        "plan --past": Slot,
        "reviews list": Review,
        "reviews show": ReviewStory,
        "session status": Session,
        "source status": Source,
    }
)
"""The model of each command's ``--json``."""
