"""The words a catalog may use, and the shapes they must have. Data only: nothing here can run.

A catalog comes from a file that somebody else may have written, so every string is checked when it is loaded:
length, control characters, placeholders from a fixed list, and a small safe part of CSS.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from string import Formatter
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from evidence_store.sentences import sentence

SCHEMA_VERSION = 1
MAX_FILE_BYTES = 256 * 1024
MAX_FILES = 60  # of one site

# The only names that may stand in {braces}: facts about what is looked for, never anything secret.
PLACEHOLDERS = frozenset(
    {
        "appeal_number",
        "author_id",
        "chat_id",
        "company",
        "file_name",
        "offset",
        "order_number",
        "page",
        "page_key",
        "path",
        "reason",
        "redirect",
        "review_id",
        "shop",
        "sku",
        "slug",
        "sort",
    }
)

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PSEUDO_CLASSES = frozenset({"not", "is", "has", "checked", "disabled", "enabled", "empty", "required"})
_ENGINE_PREFIX = re.compile(r"^\s*[a-z_:-]+\s*=", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_PSEUDO = re.compile(r":{1,2}([a-zA-Z-]+)")
_HASHED_CLASS = re.compile(r"\.[A-Za-z_-]*[0-9][\w-]*")
_BRACES = re.compile(r"\{[a-z_]+\}")
_NOTHING = LexborHTMLParser("")  # reads selectors for their grammar alone
_STEP = re.compile(r"\s*[\s>+~]\s*")
_MOST_STEPS, _MOST_HAS, _MOST_NESTED = 16, 2, 2
_WHOLE_PAGE = re.compile(r"(?:^|[\s,>+~(])(?:html|body|\*|:root)(?=$|[\s,>+~)\[.#:])", re.IGNORECASE)


class KeyProblem(ValueError):
    """A contradiction between keys.

    Attributes:
        key: The one to look at, relative to the value that was checked.
        problem: What is wrong, as a sentence.
        known: Names that may stand there, for a near one.
    """

    def __init__(self, key: str, problem: str, known: Collection[str] = ()) -> None:
        super().__init__(problem)
        self.key, self.problem = key, problem
        self.known = known


def not_in(table: str, key: str, name: str, known: Collection[str]) -> KeyProblem:
    """Makes the refusal of a name that a table of the file does not have."""
    return KeyProblem(key, sentence("{name!r} is not in {table}", name=name, table=table), known)


class CatalogValue(BaseModel):
    """Base of everything a catalog holds: frozen, and a key that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, defer_build=True)


def _check_plain(text: str) -> str:
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs", "Cf", "Co"}:
            raise ValueError(f"control or invisible character U+{ord(character):04X}")
    return text


def placeholders_in(text: str) -> frozenset[str]:
    """Names the placeholders of a string.

    Raises:
        ValueError: a brace is stray, or a placeholder is not a plain name from ``PLACEHOLDERS``.
    """
    names = set()
    for _, name, spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        if spec or conversion or name not in PLACEHOLDERS:
            raise ValueError(f"placeholder {{{name}}} is not one of: {', '.join(sorted(PLACEHOLDERS))}")
        names.add(name)
    return frozenset(names)


def _check_template(text: str) -> str:
    placeholders_in(text)
    return _check_plain(text)


def check_css(selector: str) -> str:
    """Allows a small, readable part of CSS and nothing of any other selector language.

    Raises:
        ValueError: XPath, engine prefixes, positions, whole-page selectors, hashed classes, unknown pseudo-classes.
    """
    _check_template(selector)
    bare = _QUOTED.sub("''", selector)
    if _ENGINE_PREFIX.match(bare) or ">>" in bare or "//" in bare or bare.lstrip().startswith(("..", "(")):
        raise ValueError("only CSS is allowed here: no XPath, no engine prefix, no '>>'")
    if _WHOLE_PAGE.search(bare):
        raise ValueError("a selector for the whole page proves nothing")
    if _HASHED_CLASS.search(bare):
        raise ValueError("a class with digits in its name changes with every release of the site")
    for name in _PSEUDO.findall(bare):
        if name.lower() not in _PSEUDO_CLASSES:
            raise ValueError(f"pseudo-class :{name} is not allowed (positions such as nth break silently)")
    _refuse_slow_css(bare)
    if bare.count("(") != bare.count(")") or bare.count("[") != bare.count("]") or "'" in bare.replace("''", ""):
        raise ValueError("unbalanced brackets or quotes")
    if "|" in bare.replace("|=", ""):
        raise ValueError("namespaces are not allowed in a selector")
    try:
        _NOTHING.css(_BRACES.sub("x", selector))
    except SelectolaxError:
        raise ValueError("this is not CSS that can be read") from None
    return selector


def check_plain_css(selector: str) -> str:
    """Allows what ``check_css`` does where nobody fills placeholders in.

    Raises:
        ValueError: it is refused there, or holds a placeholder.
    """
    if placeholders_in(check_css(selector)):
        raise ValueError("no placeholder has a value here")
    return selector


def _refuse_slow_css(bare: str) -> None:
    """Bounds what a selector may cost on a large page: each `:has` inside another multiplies the work."""
    depth = deepest = 0
    for sign in bare:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    if deepest > _MOST_NESTED or bare.count(":has(") > _MOST_HAS or len(_STEP.findall(bare)) > _MOST_STEPS:
        raise ValueError(
            f"a selector has at most {_MOST_STEPS} steps, {_MOST_HAS} :has() and {_MOST_NESTED} levels of brackets"
        )


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this machine."""
    return host in _LOOPBACK or host.endswith(".localhost")


def check_origin(origin: str) -> str:
    """Accepts ``https://host[:port]`` in canonical form, and plain http for loopback only.

    Raises:
        ValueError: another scheme, a path, user information, a host that is not plain lower-case ASCII, a bad port.
    """
    parts = urlsplit(_check_plain(origin))
    host = parts.hostname or ""
    if parts.scheme not in {"https", "http"} or (parts.scheme == "http" and not is_loopback(host)):
        raise ValueError("an origin is https (plain http is for loopback only)")
    if parts.port == 0:
        raise ValueError("port 0 is not an address")
    shown = f"[{host}]" if ":" in host else host
    canonical = f"{parts.scheme}://{shown}" + (f":{parts.port}" if parts.port else "")
    if not host or not host.isascii() or host.endswith(".") or host.startswith(".") or "xn--" in host:
        raise ValueError("the host must be a plain ASCII name without a trailing dot")
    if re.fullmatch(r"[a-z0-9.:-]+", host) is None or origin != canonical:
        raise ValueError(f"an origin is scheme, host and port only, for example {canonical}")
    return origin


def _check_address(template: str) -> str:
    origin, _, path = _check_template(template).partition(":")
    if re.fullmatch(r"[a-z][a-z0-9_]*", origin) is None:
        raise ValueError("an address is written as <origin name>:/path")
    if path.startswith("//"):
        raise ValueError("an address begins with a name of [origins] and is not written whole")
    if not path.startswith("/") or "\\" in path or "/../" in path or " " in path:
        raise ValueError("the path of an address starts with one slash and stays below it")
    return template


_NAME = r"^[a-z][a-z0-9_]{0,47}$"
Name = Annotated[str, StringConstraints(pattern=_NAME)]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_check_plain)]
Template = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_check_template)]
Css = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(check_css)]
PlainCss = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(check_plain_css)]
OriginUrl = Annotated[str, StringConstraints(max_length=300), AfterValidator(check_origin)]
Address = Annotated[str, StringConstraints(max_length=500), AfterValidator(_check_address)]
_HOST, _ATTRIBUTE = r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", r"^[a-z][a-z0-9_-]{0,63}$"
_COMPONENT = r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$"
Host = Annotated[str, StringConstraints(pattern=_HOST, max_length=100)]
AttributeName = Annotated[str, StringConstraints(pattern=_ATTRIBUTE)]
Component = Annotated[str, StringConstraints(pattern=_COMPONENT)]
# Where a fact about the site comes from and how old it is; ``doctor`` prints it. ``seen … by this account`` is the mark
# of one installation, never the package's.
_DAY = "20[0-9]{2}(-[01][0-9](-[0-3][0-9])?)?"
_VERIFIED = rf"^(guess|article|test|(capture|code)( {_DAY})|seen {_DAY} by this account)$"
Verified = Annotated[str, StringConstraints(pattern=_VERIFIED)]
PATTERNS = {
    _NAME: sentence("a name is small Latin letters, digits and _, and begins with a letter"),
    _HOST: sentence("a host is written like shop.example.com"),
    _ATTRIBUTE: sentence("an attribute's name is small Latin letters, digits, - and _, and begins with a letter"),
    _COMPONENT: sentence("a component's name is Latin letters, digits, and . - _, and begins with a letter"),
    _VERIFIED: sentence(
        "a mark is guess, article, test, capture 2026-09, code 2026-09 or seen 2026-09 by this account"
    ),
}
"""What the forms of texts are, in words."""
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Days = Annotated[float, Field(gt=0, le=3_650)]
