"""The command line: one module a command group. The only place that turns errors into exit codes."""

from monitor.cli import (
    appeals,
    backup,
    cases,
    demo,
    evidence,
    flows,
    log,
    mock,
    notifying,
    recordings,
    reviews,
    schedule,
    service,
    sessions,
    setup,
    triage,
    watching,
)
from monitor.cli.application import app, main

__all__ = [
    "app",
    "appeals",
    "backup",
    "cases",
    "demo",
    "evidence",
    "flows",
    "log",
    "main",
    "mock",
    "notifying",
    "recordings",
    "reviews",
    "schedule",
    "service",
    "sessions",
    "setup",
    "triage",
    "watching",
]
