"""What the commands of the dialogue with the platform print as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.use_cases.models import Answer
from monitor.use_cases.support_models import (
    AnswerTimes,
    CallSheet,
    Contact,
    DialogueOfCase,
    Letter,
    RouteOfClass,
    SupportNumber,
)

SUPPORT_SCHEMAS: Mapping[str, type[Answer]] = {
    "support call": Contact,
    "support chat draft": Letter,
    "support times": AnswerTimes,
    "support letter draft": Letter,
    "support letter list": Letter,
    "support letter show": Letter,
    "support list": DialogueOfCase,
    "support note": Contact,
    "support number list": SupportNumber,
    "support reply": Contact,
    "support routes": RouteOfClass,
    "support search": Contact,
    "support sheet": CallSheet,
    "support show": DialogueOfCase,
}
"""The model of each command's answer; a list prints one a line."""
