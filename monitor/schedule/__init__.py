"""When things happen, purely: rules, hours and the slots they make. Moments in, moments out; no clock, no store."""

from monitor.schedule.hours import ALWAYS, Hours, parse_hours
from monitor.schedule.rules import Cron, Every, Rule, parse_rule
from monitor.schedule.timing import Timing, Turn, mend, take_turn

__all__ = [
    "ALWAYS",
    "Cron",
    "Every",
    "Hours",
    "Rule",
    "Timing",
    "Turn",
    "mend",
    "parse_hours",
    "parse_rule",
    "take_turn",
]
