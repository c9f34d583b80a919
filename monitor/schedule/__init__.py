"""When things happen, purely: rules, hours and the slots they make. Moments in, moments out; no clock, no store."""

from monitor.schedule.hours import ALWAYS, Hours, parse_hours
from monitor.schedule.marked import MarkedDays, marked_between, parse_marked
from monitor.schedule.rules import Cron, Every, Rule, parse_rule
from monitor.schedule.timing import Timing, Turn, clamp_due, take_turn

__all__ = [
    "ALWAYS",
    "Cron",
    "Every",
    "Hours",
    "MarkedDays",
    "Rule",
    "Timing",
    "Turn",
    "clamp_due",
    "marked_between",
    "parse_hours",
    "parse_marked",
    "parse_rule",
    "take_turn",
]
