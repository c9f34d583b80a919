"""Reviews and their versions against the readings that were sealed at capture and the digests in the polls' entries."""

from __future__ import annotations

from collections.abc import Iterator

from evidence_store.artifacts import ArtifactKind
from evidence_store.errors import EvidenceError
from evidence_store.findings import Finding
from evidence_store.manifest import parse_manifest
from monitor.custody.readings import SealedReading, parse_reading
from monitor.custody.rows.purged import sealed_count
from monitor.custody.rows.told import Log, absent, compare, differs, not_comparable
from monitor.language import gettext as _
from monitor.state import Transaction
from monitor.state.reviews import ReviewRecord, ReviewVersion
from monitor.state.version_seals import seal_of_all, seal_of_version


def check_reviews(tx: Transaction, log: Log) -> Iterator[Finding]:
    """Compares reviews and their versions with what was sealed of them."""
    sealed = _sealed_readings(log)
    listed, polls = _listed(log)
    uncovered = 0
    missing = {key for key in listed if key[:2] not in log.purged}
    by_poll: dict[tuple[str, int], list[ReviewVersion]] = {}
    for account in tx.accounts.all():
        heads = {head.review_id: head for head in tx.review_rows.heads(account.id)}
        for review_id, versions in tx.review_rows.versions(account.id):
            head = heads.pop(review_id, None)
            if (account.id, review_id) in log.purged:
                missing -= {(account.id, review_id, version.version) for version in versions}
                if (account.id, review_id) not in log.seals:
                    continue
            if head is None:
                yield absent(f"reviews {review_id}", _("there are versions of this review and no review"))
            else:
                yield from _check_head(head, versions)
            for version in versions[sealed_count(log, account.id, review_id, "review_versions") :]:
                key = (account.id, review_id, version.version)
                missing.discard(key)
                by_poll.setdefault((account.id, version.poll_id or 0), []).append(version)
                yield from _check_version(version, sealed.get(key, []), listed.get(key))
                is_covered = key in sealed or key in listed or (account.id, version.poll_id or 0) in polls
                uncovered += not is_covered
        for review_id in heads:
            yield absent(f"reviews {review_id}", _("there is no version of this review"))
    for account_id, review_id, number in sorted(missing):
        yield absent(
            f"review_versions {review_id} #{number}",
            _("a poll of {account_id} read it; it is not in the table").format(account_id=account_id),
        )
    yield from _check_polls(polls, by_poll, log)
    if uncovered:
        detail = _(
            "{uncovered} versions were stored before their digests were logged, or by other sources: not compared"
        ).format(uncovered=uncovered)
        yield not_comparable("review_versions", detail)


def _check_head(head: ReviewRecord, versions: list[ReviewVersion]) -> Iterator[Finding]:
    newest = versions[-1]
    readings = [version.reading for version in versions if isinstance(version.reading, dict)]
    item = f"reviews {head.review_id}"
    where = _("its newest version")
    pairs: dict[str, tuple[object, object]] = {
        "version": (head.version, newest.version),
        "content_digest": (head.content_digest, newest.content_digest),
        "rating": (head.rating, newest.rating),
    }
    yield from compare(item, pairs, where)
    for name in ("author_name", "author_id", "url", "site"):
        known = [str(reading.get(name, "")) for reading in readings]
        if str(getattr(head, name)) not in known:
            yield differs(item, name, getattr(head, name), known[-1] if known else None, where)
    printed = [reading["published"] for reading in readings if isinstance(reading.get("published"), dict)]
    raw = [str(one.get("raw", "")) for one in printed if isinstance(one, dict)]
    if raw and head.published_raw not in raw:
        yield differs(item, "published_raw", head.published_raw, raw[-1], where)


def _check_version(version: ReviewVersion, sealed: list[SealedReading], listed: str | None) -> Iterator[Finding]:
    item = f"review_versions {version.review_id} #{version.version}"
    reading = version.reading if isinstance(version.reading, dict) else {}
    pairs: dict[str, tuple[object, object]] = {
        "text": (version.text, reading.get("text")),
        "rating": (version.rating, reading.get("rating")),
    }
    yield from compare(item, pairs, _("the reading beside it"))
    for one in sealed:
        pairs = {name: (reading.get(name), value) for name, value in one.reading.items()}
        pairs |= {
            "text": (version.text, one.reading.get("text")),
            "rating": (version.rating, one.reading.get("rating")),
            "content_digest": (version.content_digest, one.content_digest),
        }
        yield from compare(item, pairs, _("the reading sealed at capture"))
    if listed is not None and listed != seal_of_version(version):
        yield differs(item, _("digest of the whole row"), seal_of_version(version), listed)


def _check_polls(
    polls: dict[tuple[str, int], str], by_poll: dict[tuple[str, int], list[ReviewVersion]], log: Log
) -> Iterator[Finding]:
    purged_accounts = {account for account, _review in log.purged}
    for (account, number), told in sorted(polls.items()):
        rows = by_poll.get((account, number), [])
        found = seal_of_all(rows)
        if found == told:
            continue
        if account in purged_accounts:
            yield not_comparable(
                _("review_versions of poll {number}").format(number=number),
                _("a review of it was removed by rule since"),
            )
        else:
            yield differs(
                _("review_versions of poll {number}").format(number=number),
                _("digest of all rows it stored"),
                found,
                told,
            )


def _listed(log: Log) -> tuple[dict[tuple[str, str, int], str], dict[tuple[str, int], str]]:
    """Returns the digests by version that polls' entries list, and those over all versions of one poll."""
    one_by_one: dict[tuple[str, str, int], str] = {}
    together: dict[tuple[str, int], str] = {}
    for told in log.of("poll"):
        account = told.body.account or ""
        versions = told.body.outputs.get("versions")
        for row in versions if isinstance(versions, list) else ():
            if isinstance(row, list) and len(row) == 3 and isinstance(row[1], int):
                one_by_one[(account, str(row[0]), row[1])] = str(row[2])
        number, digest = told.body.outputs.get("poll"), told.body.outputs.get("versions_digest")
        if isinstance(number, int) and isinstance(digest, str):
            together[(account, number)] = digest
    return one_by_one, together


def _sealed_readings(log: Log) -> dict[tuple[str, str, int], list[SealedReading]]:
    found: dict[tuple[str, str, int], list[SealedReading]] = {}
    for told in log.of("evidence.capture"):
        try:
            manifest = parse_manifest(log.read(told.body.artifacts[0]))
            digests = [one.digest for one in manifest.artifacts if one.kind is ArtifactKind.REVIEW_READING]
            readings = [parse_reading(log.read(digest)) for digest in digests if digest not in log.gone]
        except (EvidenceError, IndexError):
            continue  # the store's own check names it
        for reading in readings:
            key = (told.body.account or "", reading.review_id, reading.version)
            found.setdefault(key, []).append(reading)
    return found
