"""Rules of the site as a person pasted them: evidence with who and when, cited by drafts as such.

Nobody here knows the site's rules for reviews; what a draft may call a rule is only what somebody read and kept.
"""

from __future__ import annotations

import json

from evidence_store.digests import Digest
from monitor.cases.context import CaseContext
from monitor.config.sections import AccountSection
from monitor.custody.kept_words import Kept, index_words
from monitor.custody.notes import person_of
from monitor.errors import UsageError
from monitor.language import gettext as _
from monitor.language.days import in_site_zone
from monitor.state import Action
from monitor.triage.drafts import Clause

_LONGEST = 2_000  # characters of a pasted clause
_LONGEST_SOURCE = 300


def keep_clause(installation: CaseContext, account: AccountSection, ground: str, *, text: str, source: str) -> Digest:
    """Stores a pasted rule as evidence of an account and notes it in the action log.

    Args:
        installation: The installation.
        account: The account whose drafts may cite it.
        ground: The ground of the site's rules it belongs to.
        text: The rule's own words.
        source: Where they stand: an address, a section.

    Returns:
        The digest of what was kept.

    Raises:
        UsageError: the ground is not known, the text or source is empty or too long, or no operator is named.
    """
    rules = installation.rules_of(account)
    if rules.ground(ground) is None:
        known = ", ".join(one.id for one in rules.grounds)
        raise UsageError(
            _("the site's rules know no ground {ground!r}").format(ground=ground),
            field="ground",
            hint=_("Use one of: {known}").format(known=known),
        )
    text, source = _checked(text, "clause", _LONGEST), _checked(source, "source", _LONGEST_SOURCE)
    actor = person_of(installation.settings)
    now = installation.clock.now()
    kept = {"site": account.site, "ground": ground, "clause": text, "source": source, "by": actor.name}
    data = json.dumps(kept | {"at": now.isoformat()}, ensure_ascii=False, sort_keys=True).encode()
    digest = installation.artifacts.put(data)
    with installation.state.transaction() as tx:
        index_words(tx, Kept.CLAUSE, digest, len(data), account_id=account.name, at=now)
        action = Action("rules.verify", actor=actor, inputs=dict(kept), artifacts=[str(digest)])
        tx.journal.record(account.name, action)
    installation.state.flush_mirror()
    return digest


def load_clauses(installation: CaseContext, account: AccountSection) -> tuple[Clause, ...]:
    """Reads the newest kept rule of each ground.

    Raises:
        evidence_store.errors.ArtifactDamaged: one is not what was stored; nothing may cite it.
    """
    with installation.state.read() as tx:
        rows = tx.artifacts.of_moment(account.name, Kept.CLAUSE)
    newest: dict[str, Clause] = {}
    zone = installation.site_of(account).zone
    for row in sorted(rows, key=lambda row: row.captured_at):
        kept = json.loads(installation.artifacts.read(Digest(algorithm="sha256", hex=row.sha256)))
        day = in_site_zone(row.captured_at, zone)
        newest[kept["ground"]] = Clause(
            ground=kept["ground"], text=kept["clause"], source=kept["source"], date=f"{day:%d.%m.%Y}"
        )
    return tuple(newest.values())


def _checked(text: str, field: str, most: int) -> str:
    plain = " ".join(text.split())
    if not plain:
        raise UsageError(
            _("there is nothing to keep"), field=field, hint=_("Paste the words as they stand on the site.")
        )
    if len(plain) > most:
        raise UsageError(
            _("{count} characters, at most {most} are kept").format(count=len(plain), most=most),
            field=field,
            hint=_("Paste one clause."),
        )
    return plain
