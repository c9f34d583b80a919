"""What the use cases of the law return, and what ``--json`` prints."""

from __future__ import annotations

from monitor.support.law.court import StageRow
from monitor.support.law.deadlines import Deadline
from monitor.support.law.fees import Fee
from monitor.support.law.ladder import Advice
from monitor.support.law.rules import Rule
from monitor.use_cases.law import PastedRule
from monitor.use_cases.models import Answer, Value


class LawRule(Answer):
    """A rule of law with where it was seen, and its own words where somebody pasted them."""

    rule: Rule
    pasted: PastedRule | None


class LawDeadline(Answer):
    """A last day with everything it rests on; two lines where no source says which days are meant."""

    deadline: Deadline


class LawFee(Answer):
    """A court's fee in roubles, with its calculation."""

    fee: Fee


class LawAdvice(Answer):
    """What can still be done about a review; ``advice.next_step`` is null where the advice is to stop."""

    review: str
    advice: Advice


class LawPaper(Value):
    """One paper of a pack, with the blanks that have to be filled."""

    name: str
    title: str
    blanks: tuple[str, ...]


class LawPack(Answer):
    """A pack for a lawyer.

    Attributes:
        written: The folder.
        bundle: The evidence beside the papers; null where it was left out.
        parts: The files that it was cut into, where ``[law] largest_file`` asked for it.
        unprinted: Papers that could not be printed as PDF.
        unfit: Papers whose PDF is no PDF/A, each with the reason.
    """

    written: str
    papers: tuple[LawPaper, ...]
    bundle: str | None
    parts: tuple[str, ...]
    unprinted: tuple[str, ...]
    unfit: tuple[str, ...]


class LawStage(Answer):
    """One of the five stages of a case in court."""

    stage: StageRow
