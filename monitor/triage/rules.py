"""The site's publication rules as data: which grounds it knows, how sure triage must be, what evidence is needed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from flows.catalog import ChannelSpec
from flows.catalog.loader import SITE_FILE, catalog_folder, load_channels
from flows.catalog.refusals import MOST_TOLD, tell_refusals
from flows.catalog.vocabulary import MAX_FILE_BYTES
from flows.plain_toml import TomlRefused, read_toml
from monitor.language import gettext as _
from monitor.language import in_language
from monitor.triage.errors import RulesInvalid
from monitor.triage.models import Signal

_SHORT = 500  # characters that fit any form, where nothing is known of it


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Ground(_Rule):
    """One ground for an appeal.

    Attributes:
        decision: The most triage may propose for it: ``file``, or ``needs_person`` where the site's rule is unproven.
        file_at: Confidence from which filing is proposed.
        person_at: Confidence from which a person is asked; below it the signal is ignored.
        strong_at: Confidence needed when only one attempt is left.
        despite_stars: Whether it is worth filing on a review whose stars help the seller.
        evidence: Kinds of evidence that must be at hand; ``quote`` means spans of the review's own text.
        reasons: The site's option to choose, by channel.
    """

    id: str = Field(pattern=r"^[a-z_]+$")
    title: str
    decision: Literal["file", "needs_person"]
    file_at: float = Field(ge=0, le=1)
    person_at: float = Field(ge=0, le=1)
    strong_at: float = Field(ge=0, le=1)
    despite_stars: bool = False
    evidence: tuple[Literal["quote", "order", "document", "neighbours", "author", "media"], ...]
    reasons: dict[str, str] = Field(default_factory=dict)
    source: str
    verified: str

    @model_validator(mode="after")
    def _thresholds_rise(self) -> Ground:
        if not self.person_at <= self.file_at <= self.strong_at:
            raise ValueError(f"ground {self.id}: person_at <= file_at <= strong_at must hold")
        return self


class ChannelRule(_Rule):
    """What a channel takes, as the site's catalog says.

    Attributes:
        max_chars: Longest text of ours in characters.
        free_form: Whether it has no list of reasons to choose from.
    """

    id: str
    max_chars: int = Field(gt=0)
    free_form: bool = False


class RulesFile(_Rule):
    """What ``rules.toml`` of a site says."""

    format_version: Literal[1]
    site: str
    policy_version: str
    favourable_from: int = Field(ge=1, le=6)
    own_names: tuple[str, ...] = ()
    own_domains: tuple[str, ...] = ()
    grounds: tuple[Ground, ...]


class Rules(RulesFile):
    """Everything triage needs to know of one site: its rules, and what its channels take."""

    channels: tuple[ChannelRule, ...] = ()

    def ground(self, ground_id: str) -> Ground | None:
        """The rule of a ground, or None when the site does not know it."""
        return next((ground for ground in self.grounds if ground.id == ground_id), None)

    def supported_by(self, signal: Signal) -> Ground | None:
        """The rule of the ground that a signal supports, if the signal is sure enough to be shown to a person."""
        ground = self.ground(signal.ground) if signal.ground else None
        return ground if ground and signal.confidence >= ground.person_at else None

    def channel(self, channel_id: str) -> ChannelRule | None:
        """What a channel takes, or None when the site does not have it."""
        return next((channel for channel in self.channels if channel.id == channel_id), None)


def known_sites(own: Path | None = None) -> tuple[str, ...]:
    """The sites that have rules, by name; with those of an installation's own folder."""
    folders = (catalog_folder(), *(() if own is None else (own,)))
    return tuple(sorted({path.parent.name for folder in folders for path in folder.glob("*/rules.toml")}))


def find_rules(site: str, *, own: Path | None = None) -> Path:
    """Where a site's rules lie: beside its catalog.

    Args:
        site: Its name.
        own: Folder of an installation's own sites.

    Raises:
        RulesInvalid: the site has no rules.
    """
    if not site.isascii() or not site.isidentifier():
        raise RulesInvalid(
            _("not a site name: {site!r}").format(site=site), hint=_("A site name is letters, digits and underscores.")
        )
    for folder in (catalog_folder(), own):
        path = folder / site / "rules.toml" if folder is not None else None
        if path is not None and path.is_file():
            return path
    raise RulesInvalid(
        _("site {site!r} has no rules.toml").format(site=site),
        hint=_("Known sites: {known_sites}.").format(known_sites=", ".join(known_sites(own))),
    )


@lru_cache(maxsize=8)
def load_rules(path: Path | None = None, *, site: str = "ozon", own: Path | None = None) -> Rules:
    """Reads and checks the rules of a site.

    Args:
        path: The file; by default the one beside the site's catalog.
        site: Which site's rules to find when no path is given.
        own: Folder of an installation's own sites, to be looked in as well.

    Raises:
        RulesInvalid: the file cannot be read, or does not hold together.
    """
    path = path or find_rules(site, own=own)
    try:
        told = RulesFile.model_validate(read_toml(path, max_bytes=MAX_FILE_BYTES))
    except TomlRefused as error:
        hint = _("Correct the file or restore it from the package.")
        raise RulesInvalid(f"{path}{error.at}: {error}", hint=hint) from error
    except ValidationError as error:
        raise _refused(error, path) from error
    return Rules(**dict(told), channels=_read_channels(path.parent))


def _refused(error: ValidationError, path: Path) -> RulesInvalid:
    """Returns the refusal of a file: its first problem, and all others behind the next step."""
    known = [*RulesFile.model_fields, *Ground.model_fields]
    first, *more = tell_refusals(error, path, known)
    told = [
        (one.where.rpartition(": ")[2], in_language(one.problem), in_language(one.hint)) for one in more[:MOST_TOLD]
    ]
    others = "; ".join(f"{where}: {problem}" + (f" ({hint})" if hint else "") for where, problem, hint in told)
    steps = (
        in_language(first.hint) if first.hint else _("Correct it there; docs/catalogs.md has a whole example."),
        _("Also: {others}.").format(others=others) if others else "",
    )
    return RulesInvalid(f"{first.where}: {in_language(first.problem)}", hint=" ".join(filter(None, steps)))


def _read_channels(home: Path) -> tuple[ChannelRule, ...]:
    """Reads what the channels take from the catalog beside the rules; rules without one know no channel."""
    if not (home / SITE_FILE).is_file():
        return ()
    return channel_rules(load_channels(home).items())


def channel_rules(channels: Iterable[tuple[str, ChannelSpec]]) -> tuple[ChannelRule, ...]:
    """Returns what triage needs to know of a site's channels."""
    return tuple(
        ChannelRule(id=name, max_chars=spec.text_max or spec.draft_max or _SHORT, free_form=not spec.reasons)
        for name, spec in channels
    )
