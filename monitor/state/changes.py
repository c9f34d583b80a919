"""What the seller changed, on which products and from when, and the looks at what became of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import func, select, update

from monitor.state.repository import Repository
from monitor.state.tables import change_steps, changes
from monitor.state.text import JsonValue

ChangeState = Literal["planned", "begun", "checked", "kept", "taken_back"]


@dataclass(frozen=True)
class ChangeRecord:
    """One change.

    Attributes:
        why: The reason in the seller's words.
        aspect: Which complaint it is meant to make rarer; empty for all reviews of at most three stars.
        products: On which products (sku) it was made.
        comparable: Products to hold it against; empty for all others that did not change.
        reviews: Ids of the reviews it came from.
        begins_at: When the first parcel with it leaves; set before looking. None while it is only planned.
        lag_days: Days from order to review, which are left out after the beginning.
        before_days: How many days before the beginning are counted.
        look_at: Before this moment no verdict is given.
    """

    id: str
    account_id: str
    what: str
    why: str
    aspect: str
    products: tuple[str, ...]
    comparable: tuple[str, ...]
    reviews: tuple[str, ...]
    owner: str
    risk: str
    state: ChangeState
    begins_at: datetime | None
    lag_days: int
    before_days: int
    look_at: datetime | None
    added_by: str
    added_at: datetime

    def __post_init__(self) -> None:
        if self.state not in get_args(ChangeState):
            raise ValueError(f"{self.state!r} is no state of a change")
        for name in ("products", "comparable", "reviews"):
            object.__setattr__(self, name, tuple(getattr(self, name)))


@dataclass(frozen=True)
class ChangeStep:
    """A move of a change, or a look at it.

    Attributes:
        result: What a look found; None where nobody looked.
    """

    change_id: str
    number: int
    state: ChangeState
    by: str
    note: str
    result: JsonValue
    at: datetime


class Changes(Repository):
    """Stores changes; steps are only added."""

    def add(self, record: ChangeRecord) -> None:
        """Stores a change with its first step."""
        values = asdict(record)
        for name in ("products", "comparable", "reviews"):
            values[name] = list(values[name])
        self._connection.execute(changes.insert().values(**values))
        self.step(record.id, record.state, by=record.added_by)

    def step(
        self, change_id: str, state: ChangeState, *, by: str, note: str = "", result: JsonValue | None = None
    ) -> ChangeStep:
        """Adds a step and moves the change there."""
        last = select(func.coalesce(func.max(change_steps.c.number), 0)).where(change_steps.c.change_id == change_id)
        number = int(self._connection.execute(last).scalar_one()) + 1
        step = ChangeStep(change_id, number, state, by, note, result, self._now())
        self._connection.execute(change_steps.insert().values(**asdict(step)))
        self._connection.execute(update(changes).where(changes.c.id == change_id).values(state=state))
        return step

    def begin(self, change_id: str, *, at: datetime, look_at: datetime | None) -> None:
        """Sets the days of a change that was only planned."""
        statement = update(changes).where(changes.c.id == change_id)
        self._connection.execute(statement.values(begins_at=at, look_at=look_at))

    def of_account(self, account_id: str) -> list[ChangeRecord]:
        """Returns the account's changes, the newest first."""
        statement = select(changes).where(changes.c.account_id == account_id)
        return self._all(ChangeRecord, statement.order_by(changes.c.added_at.desc(), changes.c.id))

    def steps(self, change_id: str) -> list[ChangeStep]:
        """Returns a change's steps in order."""
        statement = select(change_steps).where(change_steps.c.change_id == change_id)
        return self._all(ChangeStep, statement.order_by(change_steps.c.number))
