"""``python -m mock_site``: serves a scenario until Ctrl-C. ``fairreview mock serve`` does the same."""

from __future__ import annotations

import argparse
import sys

from mock_site.scenarios import ScenarioError, load_scenario, scenario_names
from mock_site.server import MockSite, serve_forever
from mock_site.skins import OZON, SKIN_NAMES, find_skin


def announce(site: MockSite) -> None:
    """Says where the mock is and what it was made from."""
    world = site.world
    lines = [f"{name}: {origin}" for name, origin in (*site.origins.items(), ("control", site.control_url))]
    size = f"{world.options.products} products, about {world.options.reviews_per_product} reviews each"
    lines.append(f"seed: {world.options.seed}, epoch: {world.clock.epoch.isoformat()}, {size}")
    sys.stderr.write("\n".join(lines) + "\n")


def main(arguments: list[str] | None = None) -> int:
    """Parses the arguments and serves.

    Returns:
        The exit code: 0 after Ctrl-C, 2 for a bad scenario, 1 for a port that is taken.
    """
    parser = argparse.ArgumentParser(prog="mock_site", description="A small shop on loopback.")
    names = ", ".join(scenario_names())
    parser.add_argument(
        "--scenario", action="append", help=f"a name ({names}) or a TOML file; repeat to lay one on top"
    )
    parser.add_argument("--seed", type=int, help="everything generated follows from it")
    parser.add_argument("--products", type=int)
    parser.add_argument("--reviews", type=int, help="reviews a product")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--control-port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--site", choices=SKIN_NAMES, default=OZON, help="which site it shows")
    given = parser.parse_args(arguments)
    try:
        scenario = load_scenario(*(given.scenario or ["calm"])).resized(
            seed=given.seed, products=given.products, reviews=given.reviews
        )
        serve_forever(
            scenario.world,
            scenario.switches,
            skin=find_skin(given.site),
            schedule=scenario.changes,
            port=given.port,
            control_port=given.control_port,
            on_ready=announce,
        )
    except (ScenarioError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"cannot listen: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
