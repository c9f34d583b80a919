"""What ``--json`` prints, by command: one model each; those of use cases are theirs.

A list is printed as JSON Lines, one value a line; everything else is one document. ``version`` is raised when a key
goes away or changes its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, JsonValue, PlainSerializer

from monitor.cli import machine_output_evidence as evidence
from monitor.cli import machine_output_insight as insight
from monitor.cli import machine_output_qa as qa
from monitor.cli import machine_output_triage as triage
from monitor.cli.machine_output_access import Session, Status
from monitor.cli.machine_output_support import SUPPORT_SCHEMAS
from monitor.cli.output import as_pasted
from monitor.use_cases.law_models import LawAdvice, LawDeadline, LawFee, LawPack, LawRule, LawStage
from monitor.use_cases.learning_models import AppealsWorth, ShowingNoted
from monitor.use_cases.models import Answer, Appeal, Case, CatalogOverride, FileOfAppeal, Review, ReviewStory, Value
from monitor.use_cases.surveys import EntryState
from monitor.use_cases.upgrades import UpgradeCheck

Said = Annotated[str, PlainSerializer(as_pasted, return_type=str, when_used="json")]
"""Words of the program: their commands reach the home that this command was given, as they do for people."""


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
    is_stopped: bool
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
    problem: Said | None
    hint: Said | None


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


class Account(Answer):
    """An account of this installation; ``products`` is how many lines name them, ``login`` null where none is set."""

    account: str
    site: str
    products: int
    login: str | None
    sign_in: str | None


class Product(Answer):
    """A product that is watched; ``title`` is null before it was read."""

    account: str
    sku: str
    title: str | None
    url: str


class Worker(Value):
    """A worker; ``seen_at`` is null where it was never heard of."""

    name: str
    is_alive: bool
    seen_at: AwareDatetime | None
    accounts: int
    waiting: int
    running: int


class HeldLock(Value):
    """A lock of an account that somebody holds."""

    account: str
    owner: str | None
    fence: int
    until: AwareDatetime | None


class ClusterStatus(Answer):
    """All workers, and the locks that are held now."""

    workers: tuple[Worker, ...]
    locks: tuple[HeldLock, ...]


class CheckUp(Answer):
    """What one check of ``doctor`` found; ``level`` is ``ok``, ``note``, ``warning`` or ``fault``."""

    check: str
    level: str
    message: Said
    hint: Said | None
    details: tuple[Said, ...]


class VisitReport(Answer):
    """How a visit ended.

    Attributes:
        end: The kind of its end, for example ``done``, ``findings`` or ``wall``.
        facts: Counts and ids, by name.
        problems: Sentences with the next step.
        unknown: Appeals that may have been sent and of which nobody knows what became.
    """

    end: str
    message: Said | None
    hint: Said | None
    facts: Mapping[str, int | str]
    problems: tuple[Said, ...]
    unknown: tuple[str, ...]


class Surveyed(Answer):
    """One entry of the catalog as a survey found it.

    Attributes:
        state: ``found`` as the catalog says, ``found_by_a_later_way``, ``ambiguous``, ``not_seen`` on its page,
            ``no_value`` to ask for it with, or ``not_reached``.
        way: The kind of candidate that found it; null where none did.
    """

    account: str
    page: str
    entry: str
    state: EntryState
    way: str | None


class Probe(Answer):
    """One look for one channel of one review.

    Attributes:
        source: Whether somebody probed for it, or it was seen while something else was done.
        reasons: The reasons the form offers, as shown.
        text_max: Characters that it takes; null where it says none.
        file_types: Null where it takes no files.
        sends: What the page sends by itself, as method and address.
        confirmed_at: When a person confirmed it; null before that.
        is_on: Whether the channel may be used for this review now; ``off_because`` says why not.
    """

    id: str
    account: str
    at: AwareDatetime
    review_id: str
    identity: str
    channel: str
    source: str
    control: str
    reasons: tuple[str, ...]
    text_max: int | None
    file_types: tuple[str, ...] | None
    offers_reappeal: bool
    detail: str | None
    manifest_sha256: str
    sends: tuple[str, ...]
    confirmed_at: AwareDatetime | None
    confirmed_by: str | None
    is_on: bool
    off_because: str | None


class StoryCheck(Value):
    """One point that was checked for the verdict."""

    title: str
    text: str


class StoryMark(Value):
    """A piece of the review's text that the verdict rests on; offsets count characters."""

    start: int
    end: int
    why: str


class StoryStep(Value):
    """One step of a case; ``pictures`` are digests in the store, ``log_seq`` its place in the action log."""

    at: AwareDatetime
    title: str
    detail: str | None
    pictures: tuple[str, ...]
    log_seq: int | None


class Story(Answer):
    """One case from first sight to its outcome; titles and reasons are in Russian."""

    case_id: str
    account: str
    product_title: str
    product_url: str
    item: str | None
    notes: tuple[str, ...]
    review_id: str
    review_text: str
    stars: int | None
    author: str | None
    published_raw: str
    decision: str
    decision_title: str
    reasons: tuple[str, ...]
    checks: tuple[StoryCheck, ...]
    marks: tuple[StoryMark, ...]
    outcome_title: str | None
    appeal_text: str | None
    channel: str | None
    turn: str | None
    steps: tuple[StoryStep, ...]


SCHEMAS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "account list": Account,
        "appeal answer draft": QuestionOfSite,
        "appeal answer show": QuestionOfSite,
        "appeal draft": Appeal,
        "appeal preview": Appeal,
        "appeal status": Appeal,
        "backup create": evidence.Backup,
        "backup restore": evidence.Restored,
        "capture": VisitReport,
        "case list": Case,
        "case show": Story,
        "catalog check": qa.SelectorCheck,
        "catalog show": CatalogOverride,
        "change check": insight.ChangeLook,
        "change list": insight.Change,
        "cluster status": ClusterStatus,
        "doctor": CheckUp,
        "evidence add": evidence.OwnFile,
        "evidence checker": evidence.Checker,
        "evidence checkpoint": evidence.Checkpoint,
        "evidence continue": evidence.Continuation,
        "evidence export": evidence.Bundle,
        "evidence purge": evidence.Purge,
        "evidence recover": evidence.Recovery,
        "evidence verify": evidence.Verification,
        "evidence verify BUNDLE": evidence.BundleVerification,
        "flow list": qa.Flow,
        "flow run": qa.FlowRun,
        "health": Health,
        "insight appeals": AppealsWorth,
        "insight moves": insight.Moves,
        "insight show": insight.Complaints,
        "insight shown": ShowingNoted,
        "law court show": LawStage,
        "law deadline": LawDeadline,
        "law fee": LawFee,
        "law ladder": LawAdvice,
        "law list": LawRule,
        "law pack": LawPack,
        "law show": LawRule,
        "log": LogEntry,
        "notify status": Message,
        "plan": PlannedRun,
        "plan --past": Slot,
        "poll": VisitReport,
        "probe list": Probe,
        "survey show": Surveyed,
        "product list": Product,
        "record": qa.Recorded,
        "replay": qa.Replayed,
        "reviews list": Review,
        "reviews show": ReviewStory,
        "rules list": triage.Rule,
        "selectors check": qa.SelectorCheck,
        "session status": Session,
        "status": Status,
        "source status": Source,
        **SUPPORT_SCHEMAS,
        "triage": triage.Judgement,
        "triage eval": triage.Score,
        "upgrade check": UpgradeCheck,
    }
)
"""The model of each command's ``--json``; what it prints in another form of the command stands beside it."""
