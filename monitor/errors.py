"""Errors of the application. The type says what happens next; only ``monitor.cli`` turns one into an exit code.

``SettingsError``: correct the configuration. ``SecretsUnavailable``: unlock or set up the secret store.
``StorageError``: the state store, each type with its remedy. ``LeaseLost``, ``AccountBusy``: another worker is on it.
``AppealError``: this step of this appeal is not allowed now; ``UnknownOutcome``: ask the site before anything else.
"""

from __future__ import annotations

from datetime import timedelta


class MonitorError(Exception):
    """Base of all errors of ``monitor``.

    Attributes:
        where: What is at fault: ``file:line``, a key, a directory, a review.
        hint: The next step, for a person.
        field: Which thing that was asked for is at fault, by its name (``channel``, ``text``). Who asked knows how it
            is called there: the command line names the option.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "", field: str = "") -> None:
        super().__init__(message)
        self.where = where
        self.hint = hint
        self.field = field


class UsageError(MonitorError):
    """What was asked for does not fit; ``field`` says which part. Nothing was started and nothing was changed."""


class SettingsError(MonitorError):
    """The configuration cannot be used. Nothing was started and nothing was changed.

    Attributes:
        problems: Every problem found, each with its own ``file:line``, in the order of the file.
    """

    def __init__(
        self, message: str, *, where: str = "", hint: str = "", field: str = "", problems: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message, where=where, hint=hint, field=field)
        self.problems = problems


class ReviewChanged(UsageError):
    """The review was edited since it was shown: show it again. Nothing was stored."""


class DecidedElsewhere(UsageError):
    """Somebody else decided first, or changed what was shown; the text says who and when. Nothing was stored."""


class OrderUnread(UsageError):
    """The order decides the channel and is not known. Nothing weaker is chosen instead: the case waits."""


class LawUnknown(SettingsError):
    """Nobody has seen what is asked for, or it does not count on that day. Nothing is printed instead of it."""


class SecretsUnavailable(MonitorError):
    """No secret can be read or written now. There is no fall-back to clear text: a person decides."""


class WrongPassphrase(SecretsUnavailable):
    """The passphrase (or the key in the keyring) does not open this store. Nothing was changed."""


class SecretDamaged(SecretsUnavailable):
    """A stored secret fails its own check: changed, cut, swapped, or readable by others."""


class BackupDamaged(MonitorError):
    """A backup is not as it was made. Nothing was put anywhere; take another copy of it."""


class AccountElsewhere(MonitorError):
    """The account is at home on another machine: its session and evidence lie there, and only that one visits it."""


class MoveIncomplete(MonitorError):
    """An account did not move: something is missing in the source or did not arrive. It is at home where it was."""


class StorageError(MonitorError):
    """The state store did not do what was asked. What was acknowledged before stays stored."""


class StorageFull(StorageError):
    """No room left. Nothing is sent without a durable intent: free space, then run the command again."""


class StorageBusy(StorageError):
    """Another process holds the store longer than the wait allows. Only the store's work may be repeated."""


class StorageUnavailable(StorageError):
    """The store cannot be opened, read or written (path, rights, connection, input/output error)."""


class StorageDamaged(StorageError):
    """The file is not a sound database, or not ours. Stop acting; check it, then restore a backup."""


class StorageRule(StorageError):
    """A rule of the tables was broken (unique, foreign key, check). A race was lost, or it is a bug."""


class CommitUncertain(StorageError):
    """The connection went during a commit: it may have been stored or not. Look it up by key before deciding."""


class SchemaTooNew(StorageError):
    """A newer program wrote this store. Update this program; it changes nothing here."""


class SchemaTooOld(StorageError):
    """The store was written by an older program and has not been migrated yet."""


class LeaseLost(MonitorError):
    """Another worker owns this account now, or our lease ran out. Click nothing and write nothing more."""


class AccountBusy(MonitorError):
    """Another worker acts for this account right now; ``where`` names it."""


class AppealError(MonitorError):
    """Something about one appeal does not allow the step. Nothing was sent."""


class IllegalTransition(AppealError):
    """The appeal is not in a state from which this step may be made; somebody was faster, or it is a bug."""


class NotApproved(AppealError):
    """No person has approved exactly this text, these files and this review version."""


class ChannelOff(AppealError):
    """This channel is disputed on this site, and nobody has confirmed that the account has it for this review."""


class CapReached(AppealError):
    """The account's cap, pace or cool-down says: not now. ``not_before`` tells when to look again.

    Attributes:
        not_before: Earliest moment (ISO 8601, UTC) at which it may be tried again; empty when a person must act first.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "", not_before: str = "") -> None:
        super().__init__(message, where=where, hint=hint)
        self.not_before = not_before


class AlreadyOpen(AppealError):
    """This review already has an open appeal under this identity."""


class DeadlinePassed(AppealError):
    """The time for this step is over (filing window, or the gesture's own deadline)."""


class UnknownOutcome(AppealError):
    """Whether the site has the appeal is not proven. It is never sent again before the site was asked."""


class MustReconcile(AppealError):
    """The store is older than what was done with it (a restored backup). Nothing is sent until the site was asked."""


class OtherHome(AppealError):
    """This home is not where it lived: a copy, a moved or restored one. Nothing is sent before a person claims it."""


class PrintingFailed(MonitorError):
    """A page could not be printed to PDF. The page itself is good: go on without the PDF and say so."""


class DeliveryFailed(MonitorError):
    """The service did not take a message. It is sent again later; the text holds no secret.

    Attributes:
        pause: How long the service asked to be left alone; zero where it did not say.
    """

    def __init__(self, message: str, *, pause: timedelta = timedelta(0)) -> None:
        super().__init__(message)
        self.pause = pause


class ServiceUnavailable(MonitorError):
    """The operating system's service manager does not do what was asked; the hint says what a person can do."""
