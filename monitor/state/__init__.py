"""The state store: SQLite in a file or PostgreSQL. The only room that knows SQLAlchemy and a database driver."""

from monitor.state.journal import INSTALLATION, SYSTEM, Action, subject
from monitor.state.locks import Lease
from monitor.state.store import State, StatePlaces
from monitor.state.transaction import Transaction

__all__ = ["INSTALLATION", "SYSTEM", "Action", "Lease", "State", "StatePlaces", "Transaction", "subject"]
