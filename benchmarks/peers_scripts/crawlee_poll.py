"""Polls review pages with crawlee's PlaywrightCrawler as its guide shows it; runs in an environment of its own."""

import asyncio
import json
import sys
from datetime import timedelta

from crawlee import ConcurrencySettings
from crawlee.configuration import Configuration
from crawlee.crawlers import PlaywrightCrawler
from crawlee.storage_clients import MemoryStorageClient


async def main(given):
    found = []
    crawler = PlaywrightCrawler(
        headless=True,
        browser_type="chromium",
        browser_launch_options={"executable_path": given["browser"], "chromium_sandbox": given["sandbox"]},
        storage_client=MemoryStorageClient(),
        configuration=Configuration(log_level="ERROR"),
        request_handler_timeout=timedelta(seconds=60),
        concurrency_settings=ConcurrencySettings(desired_concurrency=1, max_concurrency=2),
    )

    @crawler.router.default_handler
    async def read(context):
        found.append(await context.page.locator("[data-review-uuid]").evaluate_all("cards => cards.length"))

    await crawler.run(given["urls"])
    print(json.dumps(found))


asyncio.run(main(json.loads(sys.stdin.read())))
