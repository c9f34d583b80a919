"""What ``--json`` prints of who is signed in, and of whether the secrets are open."""

from __future__ import annotations

from pydantic import AwareDatetime

from monitor.use_cases.models import Answer


class Session(Answer):
    """One identity of an account; ``state`` is ``none`` where nobody ever signed in."""

    account: str
    identity: str
    state: str
    signed_in_as: str | None
    proven_at: AwareDatetime | None
    saved_at: AwareDatetime | None


class Status(Answer):
    """Whether the secrets are open. ``secrets`` says where their key lives: ``keyring``, ``file``, ``ephemeral``.

    Attributes:
        asks_passphrase: Whether a command that needs a secret would ask.
        open_until: Until when a keeper holds them open; null where none does.
        watched: The accounts that a ``watch`` of this machine visits now.
    """

    secrets: str
    asks_passphrase: bool
    open_until: AwareDatetime | None
    watched: tuple[str, ...]
