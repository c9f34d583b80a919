"""Starting and ending the keeper of an open secret store, from the process that was told the passphrase."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from filelock import Timeout
from pydantic import SecretStr

from monitor.errors import SecretsUnavailable
from monitor.files.locks import file_lock
from monitor.language import gettext as _
from monitor.secrets.kept import CAN_KEEP, LOCK_NAME, Asked, KeepOrder, ask_keeper
from monitor.secrets.stores import SealedFiles

KEEPER_COMMAND = (sys.executable, "-P", "-m", "monitor.secrets")
_GONE_SECONDS = 10.0


@dataclass(frozen=True)
class Keeping:
    """What a keeper is to hold open.

    Attributes:
        secrets: Folder of the secret store.
        runs: The home's folder of running things.
        environment: Variables of the keeper's process, complete.
    """

    secrets: Path
    runs: Path
    environment: Mapping[str, str]

    def unlock(self, store: SealedFiles, time: timedelta) -> None:
        """Has a keeper hold the store open for so long, in place of one that does already.

        Raises:
            SecretsUnavailable: there can be none on this system, or it did not start.
        """
        lock(self.runs)
        process = self._start(store, time, ends_with_parent=False)
        assert process.stdin is not None  # noqa: S101 - Popen was given a pipe
        process.stdin.close()

    @contextlib.contextmanager
    def unlocked(self, store: SealedFiles, time: timedelta) -> Iterator[None]:
        """Has a keeper hold the store open for so long, at most until this block ends.

        Raises:
            SecretsUnavailable: as ``unlock``.
        """
        process = self._start(store, time, ends_with_parent=True)
        try:
            yield
        finally:
            assert process.stdin is not None  # noqa: S101 - Popen was given a pipe
            process.stdin.close()
            process.wait(_GONE_SECONDS)

    def _start(self, store: SealedFiles, time: timedelta, *, ends_with_parent: bool) -> subprocess.Popen[bytes]:
        if not CAN_KEEP:
            raise SecretsUnavailable(
                _("this system does not tell a keeper who asks it, so none holds the secrets open here"),
                hint=_("Keep them in the system's keyring, which asks once: `fairreview init`."),
            )
        order = KeepOrder(
            secrets=self.secrets.absolute(),
            runs=self.runs.absolute(),
            data_key=SecretStr(store.data_key()),
            seconds=time.total_seconds(),
            ends_with_parent=ends_with_parent,
        )
        self.runs.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A session of its own: neither Ctrl-C at this terminal nor its end reaches the keeper.
        process = subprocess.Popen(  # noqa: S603 - a fixed command of ours, no shell
            KEEPER_COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(self.environment),
            start_new_session=True,
        )
        assert process.stdin is not None  # noqa: S101 - as ordered
        assert process.stdout is not None  # noqa: S101 - as ordered
        with contextlib.suppress(OSError):  # a dead keeper says nothing below
            process.stdin.write(order.model_dump_json().encode() + b"\n")
            process.stdin.flush()
        with process.stdout as said:
            word = said.readline()
        if word != b"\n":
            problem = word.decode("utf-8", "replace").strip() or _("it ended without a word")
            process.wait()
            raise SecretsUnavailable(_("the keeper did not start: {problem}").format(problem=problem))
        return process


def lock(runs: Path) -> bool:
    """Has the keeper forget the store, and waits until its process is gone; tells whether there was one.

    Raises:
        SecretsUnavailable: it is still there.
    """
    if ask_keeper(runs, Asked(act="lock")) is None:
        return False
    try:
        with file_lock(runs / LOCK_NAME).acquire(timeout=_GONE_SECONDS):
            return True
    except Timeout as error:
        raise SecretsUnavailable(_("the keeper was told to forget the secrets and is still there")) from error
