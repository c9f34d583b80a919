"""A real mail server on this machine, with TLS and sign-in: it counts the letters it took and fails where told."""

from __future__ import annotations

import socket
from asyncio import WriteTransport
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.own_certificate import OwnCertificate

USER, PASSWORD = "seller@example.test", "app-password-1234"


@dataclass
class MailServerOfTest:
    """What the server took.

    Attributes:
        fault: Where it fails: ``rcpt``, ``data``, ``lost``, or nowhere.
        on_step: Called in the server's thread at ``sign-in``, ``rcpt``, ``data`` (asked for, nothing came yet),
            ``arrived`` (the whole letter is here, no answer yet) and ``answered``.
    """

    port: int
    fault: str = ""
    taken: list[bytes] = field(default_factory=list)
    on_step: Callable[[str], None] = lambda _: None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's signature
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes an addressee, or not."""
        del server, session, options
        self.on_step("rcpt")
        if self.fault == "rcpt":
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Takes a letter, refuses it, or takes it and loses its answer."""
        del session
        if self.fault == "data":
            return "554 refused by rule"
        self.taken.append(bytes(envelope.original_content or b""))
        self.on_step("arrived")
        if self.fault == "lost":
            assert isinstance(server.transport, WriteTransport)
            server.transport.abort()
        return "250 queued as 1"

    def letters(self) -> list[EmailMessage]:
        """Returns the letters as a reader's program reads them."""
        return [message_from_bytes(one, _class=EmailMessage, policy=policy.default) for one in self.taken]


class _Stepping(SMTP):
    """The library's server, which also says when DATA begins and when it is answered."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's signature
        handler = self.event_handler
        assert isinstance(handler, MailServerOfTest)
        handler.on_step("data")
        await super().smtp_DATA(arg)
        handler.on_step("answered")


class _Controller(Controller):
    """Starts it."""

    def factory(self) -> SMTP:
        """Makes the server of one connection."""
        return _Stepping(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServerOfTest]:
    """Runs a server with TLS from the first byte; ``server.pem`` in the folder is what a client has to trust."""
    certificate = OwnCertificate(folder, "mail")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    kept = MailServerOfTest(port)

    def judge(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object) -> AuthResult:
        kept.on_step("sign-in")
        is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)

    controller = _Controller(
        kept,
        hostname="127.0.0.1",
        port=port,
        ssl_context=certificate.context,
        authenticator=judge,
        auth_required=True,
        auth_require_tls=False,  # the whole connection is TLS; aiosmtpd looks for STARTTLS only
        ready_timeout=20,
    )
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()
