"""The state store: SQLite in a file or PostgreSQL. The only room that knows SQLAlchemy and a database driver."""

from monitor.state.copying import copy_database
from monitor.state.journal import INSTALLATION, SYSTEM, Action, subject
from monitor.state.locks import Lease
from monitor.state.snapshot import StateSnapshot, open_snapshot
from monitor.state.store import State, StatePlaces
from monitor.state.transaction import Transaction
from monitor.state.watermark import Mark, Watermark

__all__ = [
    "INSTALLATION",
    "SYSTEM",
    "Action",
    "Lease",
    "Mark",
    "State",
    "StatePlaces",
    "StateSnapshot",
    "Transaction",
    "Watermark",
    "copy_database",
    "open_snapshot",
    "subject",
]
