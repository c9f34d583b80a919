"""Every command and group of the program: its panel in ``--help``, its line there, and the modules that define it.

A command imports what it works with, which takes most of the time in which it starts. So the modules of a command are
loaded when it is named, and ``--help`` and completion know the others from this table (a test holds the lines against
the commands themselves).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType


@dataclass(frozen=True)
class Entry:
    """One word after ``fairreview``.

    Attributes:
        line: What ``--help`` says of it: the first sentence of the command's own help.
        modules: The modules of ``monitor.cli`` that define it and everything below it, in the order of loading.
        alone: Of its commands those that work without the other modules, and the one that defines them.
    """

    line: str
    modules: tuple[str, ...]
    alone: Mapping[str, str] = field(default_factory=dict)


PANELS: Mapping[str, Mapping[str, Entry]] = MappingProxyType(
    {
        "Begin": {
            "init": Entry(
                "Make an installation: asks, writes config.toml, sets up the secret store. Goes on where Ctrl-C "
                "ended it.",
                ("init",),
            ),
            "doctor": Entry(
                "Look over the machine and the installation; exit code 3 when something would keep it from working.",
                ("setup",),
            ),
            "login": Entry(
                "Sign in: with a code asked for here, with a stored code secret, or by hand in a visible window "
                "(--headed).",
                ("sessions",),
            ),
            "session": Entry("Sessions of the accounts.", ("sessions",)),
            "secrets": Entry("The secret store.", ("setup",)),
            "unlock": Entry(
                "Ask for the passphrase once, and keep the secrets open for the commands to come.", ("locking",)
            ),
            "lock": Entry("Forget the secrets that `unlock` or a running `watch` keeps open.", ("locking",)),
            "status": Entry(
                "Say whether the secrets are open, until when, and which accounts are watched.", ("locking",)
            ),
            "demo": Entry(
                "Show the whole way on the built-in mock site and end with an HTML page that tells each case.",
                ("demo",),
            ),
        },
        "Watch": {
            "desk": Entry(
                "Open the desk: reviews that wait for you, with pictures, reasons and the exact text; until Ctrl-C.",
                ("desk",),
            ),
            "product": Entry("The products that are watched.", ("roster",)),
            "account": Entry("Accounts, and the machine each is at home on.", ("cluster", "roster")),
            "poll": Entry(
                "Read the reviews of an account's products now; exit code 1 when a page could not be read.",
                ("watching",),
            ),
            "watch": Entry(
                "Keep watching: poll, look into new negative reviews, file what is approved, follow up; until Ctrl-C.",
                ("watching",),
            ),
            "reviews": Entry(
                "Reviews as they were read.", ("exports", "reviews"), {"list": "reviews", "show": "reviews"}
            ),
            "plan": Entry(
                "Show the next runs of every task and the rule each comes from; --past shows what ran and what was "
                "missed.",
                ("schedule",),
            ),
            "health": Entry(
                "Show the age of the last full success of each product and source; exit code 1 for one late, "
                "troubled or stopped.",
                ("notifying",),
            ),
            "service": Entry("Have the operating system keep `watch` running.", ("service",)),
            "notify": Entry("Telling people: channels, what was sent and what was not.", ("notifying",)),
            "source": Entry("Further sources of reviews: the cabinet's list, the Seller API.", ("sources",)),
        },
        "Judge and appeal": {
            "triage": Entry(
                "Judge a review: file, do not file, or needs a person; with reasons and the words it rests on.",
                ("triage",),
            ),
            "capture": Entry("Capture reviews as evidence, read what surrounds them, and judge them.", ("watching",)),
            "case": Entry("Cases: all about one review's appeal.", ("cases",)),
            "appeal": Entry("Appeals: each sent once, after human approval.", ("answers", "appeals", "decisions")),
            "probe": Entry("Channels: which of them this account has for a review.", ("probing",)),
            "survey": Entry("The site's pages as this account sees them, held against the catalog.", ("survey",)),
            "rules": Entry("The site's rules: what is known of them, and clauses you have read.", ("rules",)),
            "law": Entry(
                "The law as far as it was seen: rules, last days, fees, and what can still be done.",
                ("law", "law_court", "law_pack"),
            ),
            "support": Entry(
                "The dialogue with the platform: chat, calls, mail, letters, and whose turn it is.",
                ("support", "support_letters", "support_mail", "support_telephone", "support_chat", "support_times"),
            ),
        },
        "Prove": {
            "evidence": Entry("Evidence and its integrity.", ("bundles", "evidence")),
            "log": Entry("Show the newest entries of an account's action log.", ("log",)),
            "backup": Entry("Backups of the whole installation.", ("backup",)),
            "home": Entry("The home of this installation: one home, one life.", ("home",)),
        },
        "Learn": {
            "insight": Entry(
                "What buyers complain of, what moved, and what changes became of.",
                ("digests", "exports", "insight", "insight_appeals"),
            ),
            "change": Entry("What you changed because of reviews, and whether it helped.", ("changes",)),
        },
        "When something is wrong": {
            "logs": Entry(
                "Say where the logs lie and what they hold. The action log, which is evidence, is shown by "
                "`fairreview log`.",
                ("logs",),
            ),
            "bug-report": Entry(
                "Make a report for whoever mends the program: versions, checks, switches and names of errors, "
                "nothing private.",
                ("bug_report",),
            ),
            "upgrade": Entry("Another version of this program: what it would do here, and the way back.", ("upgrade",)),
        },
        "Several machines": {
            "worker": Entry(
                "Visit the accounts that are at home on this machine, from the queue that several machines share; "
                "until Ctrl-C.",
                ("cluster",),
            ),
            "cluster": Entry("Several machines that share one PostgreSQL.", ("cluster",)),
        },
        "Test and describe sites": {
            "mock": Entry("The mock site.", ("mock",)),
            "flow": Entry("Single flows by name, for QA engineers.", ("flows",)),
            "record": Entry(
                "Save a page as a recorded case: source, states, picture and reading; secrets and people are masked.",
                ("recordings",),
            ),
            "replay": Entry(
                "Read recorded pages again, purely and by their flows, without a network; exit code 1 when a "
                "reading differs.",
                ("recordings",),
            ),
            "selectors": Entry("The catalog of what the site's pages look like.", ("recordings",)),
            "catalog": Entry(
                "What the site's pages look like: the package's catalogs, and what you say otherwise.",
                ("catalogs", "recordings"),
            ),
        },
    }
)
"""The commands in the order of work."""

ENTRIES: Mapping[str, Entry] = MappingProxyType(
    {name: entry for entries in PANELS.values() for name, entry in entries.items()}
)


def load_commands(names: Collection[str]) -> None:
    """Loads the modules that define some commands; names of no command are passed over.

    Args:
        names: A word after ``fairreview`` each, for all below it; or that and the next, for no more than this needs.
    """
    for name, _, below in (name.partition(" ") for name in names):
        if entry := ENTRIES.get(name):
            for module in (entry.alone[below],) if below in entry.alone else entry.modules:
                import_module(f"monitor.cli.{module}")
