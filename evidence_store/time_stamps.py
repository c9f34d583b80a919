"""Third-party time: asking an RFC 3161 authority, and checking what it said.

The authority learns a digest and nothing else. Offline, or while it does not answer, evidence has "no third-party
time" and says so; nothing ever waits for a stamp. Transport is the caller's: this package opens no connection.
Needs the library ``rfc3161-client``; without it stamps are kept and passed on, but cannot be made or judged here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from cryptography import x509

from evidence_store.der_order import in_der_order
from evidence_store.digests import Digest
from evidence_store.errors import TimeStampFailed, TimeStampRefused
from evidence_store.findings import Finding, FindingKind, Severity
from evidence_store.seal import TimeStamp
from evidence_store.sentences import sentence

_GRANTED = (0, 1)  # granted, and granted with modifications (RFC 3161, 2.4.2); others carry no stamp
CONTENT_TYPE = "application/timestamp-query"
MEDIA_TYPE = "application/timestamp-reply"
MAX_ANSWER_BYTES = 256 * 1024  # bytes; a token with its chain is some kilobytes

Post = Callable[[str, bytes], bytes]
"""Sends a query (DER) to an authority's address and returns the answer's body; raises ``OSError`` when it cannot."""


@dataclass(frozen=True, slots=True)
class TimeStampQuery:
    """A query: its bytes, the digest it asks about, and the number by which the answer is recognised."""

    der: bytes
    over: Digest
    nonce: int


def prepare_query(data: bytes) -> TimeStampQuery:
    """Makes the query for some bytes (a manifest's or a checkpoint's).

    Raises:
        TimeStampFailed: the library is not installed.
    """
    library = _library()
    builder = library.TimestampRequestBuilder().data(data).hash_algorithm(library.HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    if request.nonce is None:
        raise TimeStampFailed("the query has no nonce")
    return TimeStampQuery(request.as_bytes(), Digest.of(data), request.nonce)


def accept_answer(answer: bytes, query: TimeStampQuery, authority: str) -> TimeStamp:
    """Takes an authority's answer, when it is an answer to this query. Its signature is checked by ``verify``.

    Raises:
        TimeStampRefused: the authority says that it gives none for this query.
        TimeStampFailed: no answer in the right form, or an answer to something else: perhaps another time.
    """
    if len(answer) > MAX_ANSWER_BYTES:
        raise TimeStampFailed("the answer is too long", where=authority)
    try:
        response = _library().decode_timestamp_response(in_der_order(answer))
        if response.status not in _GRANTED:
            raise TimeStampRefused(
                sentence("the authority refused (status {status})", status=response.status), where=authority
            )
        info = response.tst_info
        imprint, nonce, moment = info.message_imprint.message, info.nonce, info.gen_time
    except ValueError as error:
        raise TimeStampFailed("the answer is no granted time stamp", where=authority) from error
    if imprint.hex() != query.over.hex or nonce != query.nonce:
        raise TimeStampFailed("the answer is about something else", where=authority)
    return TimeStamp(authority=authority, over=query.over, at=moment, token=base64.b64encode(answer).decode())


def request_time_stamp(data: bytes, authority: str, post: Post) -> TimeStamp:
    """Asks one authority.

    Raises:
        TimeStampFailed: it cannot be reached or did not give a stamp; try later, and go on without.
    """
    query = prepare_query(data)
    try:
        answer = post(authority, query.der)
    except OSError as error:
        raise TimeStampFailed("the authority cannot be reached", where=authority) from error
    return accept_answer(answer, query, authority)


def verify_time_stamp(stamp: TimeStamp, data: bytes, roots: Collection[bytes]) -> list[Finding]:
    """Checks a stamp over some bytes.

    Args:
        stamp: The stamp.
        data: What it should be over.
        roots: Root certificates (PEM) of authorities that the reader trusts; without them nothing can be judged.
    """
    if stamp.over != Digest.of(data):
        return [Finding(FindingKind.TIME_STAMP_WRONG, stamp.authority, "the time stamp is over something else")]
    if not roots:
        detail = "no root certificate of this authority was given: its signature cannot be judged"
        return [Finding(FindingKind.TIME_STAMP_WRONG, stamp.authority, detail, Severity.CANNOT_JUDGE)]
    try:
        library = _library()
    except TimeStampFailed as error:
        return [Finding(FindingKind.TIME_STAMP_WRONG, stamp.authority, str(error), Severity.CANNOT_JUDGE)]
    try:
        builder = library.VerifierBuilder()
        for certificate in _distinct(roots):
            builder = builder.add_root_certificate(certificate)
        response = library.decode_timestamp_response(in_der_order(stamp.token_bytes))
        builder.build().verify_message(response, data)
        moment = response.tst_info.gen_time
    except (library.VerificationError, ValueError) as error:
        return [
            Finding(FindingKind.TIME_STAMP_WRONG, stamp.authority, sentence("does not verify: {error}", error=error))
        ]
    if moment != stamp.at:
        return [Finding(FindingKind.TIME_STAMP_WRONG, stamp.authority, "the token names another moment")]
    return []


def _distinct(roots: Collection[bytes]) -> list[x509.Certificate]:
    return list({each for pem in roots for each in x509.load_pem_x509_certificates(pem)})


def _library() -> ModuleType:
    try:
        return import_module("rfc3161_client")
    except ImportError as error:
        hint = "Install rfc3161-client, or check the token with: openssl ts -verify."
        raise TimeStampFailed("time stamps cannot be handled here", hint=hint) from error
