"""The part of the ledger's rule-based machine in which things go wrong: site, processes, store, clock, homes."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.command_world import forget_home
from tests.site_in_memory import DEATHS, MODES

if TYPE_CHECKING:
    from tests.command_world import CommandWorld, Said
    from tests.proofs.ledger_sequences import Stage
    from tests.site_in_memory import SiteInMemory


class FaultRules:
    """Rules of faults; ``LedgerSequence`` takes them in.

    Attributes:
        is_fresh: The hints of the last command were made for what is so now.
        failed_commands: How many commands met a full store since a person freed space.
        older: The home that the present one is a copy of; ``kept_copy`` a backup.
    """

    stage: Stage
    site: SiteInMemory
    world: CommandWorld
    is_fresh: bool
    failed_commands: int
    older: CommandWorld | None
    kept_copy: Path | None

    def type(self, *arguments: str, says: str = "y") -> Said:
        raise NotImplementedError

    def new_home(self) -> Path:
        raise NotImplementedError

    @rule(mode=st.sampled_from(MODES), late=st.booleans())
    def change_site(self, mode: str, late: bool) -> None:
        self.stage.count.faults[mode] += 1
        self.site.mode, self.site.list_delay = mode, timedelta(minutes=5 * late)

    @rule(death=st.sampled_from(DEATHS), with_parent=st.booleans(), by_person=st.booleans())
    def die_in_the_next_filing(self, death: str, with_parent: bool, by_person: bool) -> None:
        self.stage.count.faults[f"death at {death}"] += 1
        self.site.death, self.site.kills_parent, self.site.is_interrupted = death, with_parent, by_person

    @rule(point=st.sampled_from(DEATHS), shuts=st.booleans())
    def lose_the_store_in_the_next_filing(self, point: str, shuts: bool) -> None:
        def lose() -> None:
            self.site.is_store_full, self.site.is_store_shut = True, shuts

        self.stage.count.faults["store lost"] += 1
        self.site.on_reach[point] = lose

    @rule()
    def heal(self) -> None:
        self.site.is_store_full = self.site.is_store_shut = False
        self.failed_commands = 0
        self.site.on_reach.clear()

    @rule(minutes=st.sampled_from([1, 7, 16, 45]))
    def wait(self, minutes: int) -> None:
        self.site.clock.advance(timedelta(minutes=minutes))
        self.is_fresh = False

    @rule(hours=st.sampled_from([-2, 2]))
    def jump_clock(self, hours: int) -> None:
        self.stage.count.faults["clock"] += 1
        self.site.clock.jump(timedelta(hours=hours))
        self.is_fresh = False

    @rule()
    def sign_in_again(self) -> None:
        """A person looked at the site: a stopped account goes on."""
        self.heal()
        installation = self.world.installation()
        with installation.state.transaction() as tx:
            tx.accounts.resume("shop")

    @rule(how=st.sampled_from(["copy", "copy with its mark", "the older one", "back up", "put back"]))
    def move_home(self, how: str) -> None:
        """The person goes on in a copy of the home, or in the older one, or puts a backup where the home is."""
        self.heal()
        self.is_fresh = False
        forget_home(self.world.home)
        if how.startswith("copy"):
            self.older, self.world = self.world, self.world.copy(self.new_home())
            for mark in self.older.home.parent.glob(".home.*") if how.endswith("mark") else ():
                shutil.copy(mark, self.world.home.parent)
        elif how == "the older one" and self.older is not None:
            forget_home(self.older.home)
            self.world, self.older = self.older, self.world
        elif how == "back up":
            self.kept_copy = self.new_home()
            shutil.copytree(self.world.home, self.kept_copy)
        elif how == "put back" and self.kept_copy is not None:
            shutil.rmtree(self.world.home)
            shutil.copytree(self.kept_copy, self.world.home)
        self.stage.count.faults[how] += 1

    @rule()
    def claim(self) -> None:
        self.heal()
        self.type("home", "claim")
