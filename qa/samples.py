"""Where the catalogs lie of the sites that exist on the mock only. Loads no web server and no browser."""

from __future__ import annotations

from pathlib import Path

from flows.catalog.layers import Layers
from flows.catalog.loader import site_names
from mock_site.skins import CATALOGS


def find_catalogs(site: str, given: Path | None, layers: Layers | None = None) -> Path | None:
    """Returns the folder to load a site's catalog from.

    Args:
        site: The site's name.
        given: A folder that somebody named: it is taken.
        layers: An installation's own sites, which go before those of the mock.

    Returns:
        The mock's own folder where the site is described nowhere else; None is the package's.
    """
    if given is not None or site in site_names(layers=layers) or not (CATALOGS / site).is_dir():
        return given
    return CATALOGS
