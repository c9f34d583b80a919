"""Where the one key comes from that all stored secrets are encrypted with: the keyring, a passphrase, or memory.

Only this key goes into the system's keyring, because a keyring may hold little (Windows: 2,560 bytes). Whether a
keyring works is found out by storing, reading and deleting a value: its own priority says nothing, a locked one
looks fine until it is used, and a null one accepts everything and keeps nothing.
"""

from __future__ import annotations

import base64
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from monitor.errors import SecretsUnavailable
from monitor.language import gettext as _

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "fairreview"
KEY_BYTES = 32
SHORTEST_PASSPHRASE = 10
_ANSWER_SECONDS = 60.0  # a keyring may show a dialog that a person has to answer
_CHOICES = _("unlock the keyring, or choose a passphrase: `fairreview init --secrets file`")

T = TypeVar("T")


@dataclass(frozen=True)
class KeyringProbe:
    """What the keyring of this session can do.

    Attributes:
        backend: Its name, for a person.
        problem: Why it cannot be used; empty when a value survived the round trip.
    """

    backend: str
    problem: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether a secret may be entrusted to it."""
        return not self.problem


@dataclass(frozen=True)
class PassphraseCost:
    """What a guess costs. RFC 9106, second recommended option.

    Attributes:
        memory_kib: Memory in KiB.
        iterations: Passes over that memory.
        lanes: Threads.
    """

    memory_kib: int = 65_536
    iterations: int = 3
    lanes: int = 4


def probe_keyring() -> KeyringProbe:
    """Stores, reads and deletes a random value. Never raises: what went wrong is the result."""
    outcome = _attempt(_round_trip)
    if outcome.error is not None:
        return KeyringProbe(_backend_name(), _describe(outcome.error))
    return outcome.value or KeyringProbe(_backend_name(), _("did not answer"))


def create_key_in_keyring(store_id: str) -> bytes:
    """Makes a new data key and entrusts it to the keyring.

    Raises:
        SecretsUnavailable: the keyring cannot be used; nothing was stored.
    """
    probe = probe_keyring()
    if not probe.is_usable:
        raise SecretsUnavailable(
            _("the keyring cannot be used: {problem}").format(problem=probe.problem), where=probe.backend, hint=_CHOICES
        )
    key = secrets.token_bytes(KEY_BYTES)
    _call(lambda: _keyring().set_password(SERVICE, store_id, encode_key(key)))
    if read_key_from_keyring(store_id) != key:
        raise SecretsUnavailable(_("the keyring returned another key than it was given"), where=probe.backend)
    return key


def read_key_from_keyring(store_id: str) -> bytes:
    """Reads the data key.

    Raises:
        SecretsUnavailable: the keyring is locked or missing, or has no such key. A new one is never made in its place.
    """
    found = _call(lambda: _keyring().get_password(SERVICE, store_id))
    if found is None:
        raise SecretsUnavailable(
            _("the keyring has no key for this store"),
            where=_backend_name(),
            hint=_(
                "log in to the session in which it was set up (a timer or ssh may have another keyring), or "
                "set the secrets up again with `fairreview init`"
            ),
        )
    return decode_key(found)


def forget_key_in_keyring(store_id: str) -> None:
    """Deletes the data key: what was encrypted with it can never be read again."""
    if _call(lambda: _keyring().get_password(SERVICE, store_id)) is not None:
        _call(lambda: _keyring().delete_password(SERVICE, store_id))


def derive_key(passphrase: str, salt: bytes, cost: PassphraseCost) -> bytes:
    """Derives the data key from a passphrase by Argon2id."""
    kdf = Argon2id(
        salt=salt, length=KEY_BYTES, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib
    )
    return kdf.derive(passphrase.encode())


def encode_key(key: bytes) -> str:
    """Writes a key as text: urlsafe base64, as Fernet wants it."""
    return base64.urlsafe_b64encode(key).decode()


def decode_key(text: str) -> bytes:
    """Reads a key written by ``encode_key``.

    Raises:
        SecretsUnavailable: it is not one.
    """
    try:
        key = base64.b64decode(text, altchars=b"-_", validate=True)
    except ValueError as error:
        raise SecretsUnavailable(_("the key is not readable as one")) from error
    if len(key) != KEY_BYTES:
        raise SecretsUnavailable(_("the key has the wrong length"))
    return key


def _round_trip() -> KeyringProbe:
    backend = _keyring().get_keyring()
    name = _backend_name()
    if _keeps_clear_text(backend):
        return KeyringProbe(name, _("it keeps secrets in clear text"))
    user, value = f"probe-{secrets.token_hex(8)}", secrets.token_hex(16)
    _keyring().set_password(SERVICE, user, value)
    found = _keyring().get_password(SERVICE, user)
    if found != value:
        return KeyringProbe(name, _("it accepts a value and does not give it back"))
    _keyring().delete_password(SERVICE, user)
    if _keyring().get_password(SERVICE, user) is not None:
        return KeyringProbe(name, _("it does not delete"))
    return KeyringProbe(name)


def _keyring() -> Any:
    """The system's keyring. It looks for every back end there is: only what asks it waits for that."""
    import keyring  # noqa: PLC0415 - see above

    return keyring


def _keeps_clear_text(backend: KeyringBackend) -> bool:
    from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415 - see ``_keyring``

    if isinstance(backend, ChainerBackend):
        return any(map(_keeps_clear_text, list(backend.backends)[:1]))
    kind = type(backend)
    return "plaintext" in kind.__name__.lower() or kind.__module__.startswith("keyrings.alt")


def _backend_name() -> str:
    kind = type(_keyring().get_keyring())
    return f"{kind.__module__}.{kind.__qualname__}"


@dataclass
class _Outcome(Generic[T]):
    """Takes whatever a keyring's back end raises: each of them has its own errors, and all mean "not available"."""

    value: T | None = None
    error: BaseException | None = None
    is_over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> _Outcome[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        self.is_over.set()
        return True


def _attempt(action: Callable[[], T]) -> _Outcome[T]:
    """Runs a keyring call aside: a back end that waits for ever must not keep the program from ending."""
    outcome: _Outcome[T] = _Outcome()

    def run() -> None:
        with outcome:
            outcome.value = action()

    threading.Thread(target=run, name="keyring", daemon=True).start()
    if not outcome.is_over.wait(_ANSWER_SECONDS):
        return _Outcome(
            error=TimeoutError(
                _("no answer within {answer_seconds:.0f} seconds").format(answer_seconds=_ANSWER_SECONDS)
            )
        )
    return outcome


def _call(action: Callable[[], T]) -> T | None:
    outcome = _attempt(action)
    if outcome.error is not None:
        raise SecretsUnavailable(
            _("the keyring cannot be used: {describe}").format(describe=_describe(outcome.error)),
            where=_backend_name(),
            hint=_CHOICES,
        ) from outcome.error
    return outcome.value


def _describe(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].partition(". ")[0] or type(error).__name__
