"""What the parent and the child of a visit say to each other.

The parent writes one ``VisitOrder`` and later answers as JSON lines to the child's standard input; the child
writes events as JSON lines to its standard output. The pipe carries progress, questions and the end, never state:
state and evidence are written by the child itself under its fence (DESIGN §1). The order may hold the data key of
the secret store, so it travels through the pipe and never through argv or the environment.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, field_serializer


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class VisitKind(StrEnum):
    """What a visit is for. ``DUE`` does whatever the stored state says is due, the others one thing each."""

    DUE = "due"
    POLL = "poll"
    CAPTURE = "capture"
    LOGIN = "login"
    PREVIEW = "preview"
    PROBE = "probe"
    SURVEY = "survey"
    SUBMIT = "submit"
    ANSWER = "answer"
    CHAT_SEND = "chat_send"
    CHAT_READ = "chat_read"
    CHAT_LEARN = "chat_learn"
    CHAT_API = "chat_api"
    BUYER_CHAT = "buyer_chat"
    FOLLOW = "follow"
    SESSION = "session"
    SOURCES = "sources"


class TaskKind(StrEnum):
    """What a due visit may do, each on a timing of its own."""

    POLL = "poll"
    SUBMIT = "submit"
    FOLLOW = "follow"


DEADLINES: dict[VisitKind, float] = {
    VisitKind.DUE: 1800.0,
    VisitKind.POLL: 900.0,
    VisitKind.CAPTURE: 300.0,
    VisitKind.LOGIN: 600.0,
    VisitKind.PREVIEW: 300.0,
    VisitKind.PROBE: 300.0,
    VisitKind.SURVEY: 900.0,
    VisitKind.SUBMIT: 600.0,
    VisitKind.ANSWER: 600.0,
    VisitKind.CHAT_SEND: 900.0,
    VisitKind.CHAT_READ: 600.0,
    VisitKind.CHAT_LEARN: 900.0,
    VisitKind.CHAT_API: 300.0,
    VisitKind.BUYER_CHAT: 300.0,
    VisitKind.FOLLOW: 600.0,
    VisitKind.SESSION: 120.0,
    VisitKind.SOURCES: 600.0,
}
"""Seconds a visit of each kind may take before its process tree is killed. A login waits for a person."""


GESTURE = "gesture"
"""The step under which a visit announces that it is about to make a gesture; the text begins with the appeal's id."""


class VisitOrder(_Message):
    """One visit as the parent orders it.

    Attributes:
        home: The installation's home folder.
        data_key: Key of the secret store (urlsafe base64), or None when a keeper holds it, whom the child asks.
        tasks: What a due visit does.
        skus: Products to poll; empty means all of the account.
        review_ids: Reviews to capture or look at.
        appeal_ids: Appeals to preview or submit, or whose questions to answer.
        messages: Messages in the chat to send; empty means all that wait.
        channels: Channels to look for; empty means all that the account can have.
        values: What a survey asks for where no list tells it: values of addresses' placeholders.
        deadline_seconds: When the parent will kill the tree, counted from the start.
        operator: Who ordered the visit, as the action log names them.
    """

    visit_id: str
    account: str
    kind: VisitKind
    home: Path
    data_key: SecretStr | None = None
    tasks: tuple[TaskKind, ...] = tuple(TaskKind)
    skus: tuple[str, ...] = ()
    review_ids: tuple[str, ...] = ()
    appeal_ids: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    values: dict[str, str] = {}
    identity: str | None = None
    is_headed: bool = False
    is_live_preview: bool = False
    deadline_seconds: float
    operator: str

    @field_serializer("data_key")
    def _reveal(self, value: SecretStr | None) -> str | None:
        return value.get_secret_value() if value else None


class Progress(_Message):
    """One line for a person about what the visit does now."""

    type: Literal["progress"] = "progress"
    step: str
    text: str
    done: int | None = None
    total: int | None = None


class Question(_Message):
    """The visit needs something from a person; the parent answers with ``Answer``."""

    type: Literal["question"] = "question"
    what: Literal["code", "password", "confirm"]
    prompt: str


class Answer(_Message):
    """The person's answer; None means nobody is there to answer."""

    value: SecretStr | None

    @field_serializer("value")
    def _reveal(self, value: SecretStr | None) -> str | None:
        return value.get_secret_value() if value else None


class EndKind(StrEnum):
    """How a visit ended; the command line maps each to an exit code."""

    DONE = "done"
    FINDINGS = "findings"
    WALL = "wall"
    SIGN_IN_REQUIRED = "sign_in_required"
    BUSY = "busy"
    UNKNOWN_OUTCOME = "unknown_outcome"
    ENVIRONMENT = "environment"
    SECRETS = "secrets"
    STORAGE = "storage"
    USAGE = "usage"
    KILLED = "killed"
    INTERRUPTED = "interrupted"
    BUG = "bug"


LEFT = "left"
"""The fact that tells how many the visit had no more time for."""


class VisitEnd(_Message):
    """The last word of a visit.

    ``field`` names the part of what was asked for that is at fault, where the message is about one.
    ``facts`` holds counts and ids for the parent's output, as text pairs; ``problems`` sentences with the next step.
    ``unknown`` is the parent's: appeals that this visit may have sent and of which nobody knows what became.
    """

    type: Literal["end"] = "end"
    kind: EndKind
    message: str = ""
    field: str = ""
    hint: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def fact(self, name: str) -> str | None:
        """Returns the first fact of that name, or None."""
        return next((value for key, value in self.facts if key == name), None)


Event = Annotated[Progress | Question | VisitEnd, Field(discriminator="type")]
EVENTS: TypeAdapter[Progress | Question | VisitEnd] = TypeAdapter(Event)
