"""Polls review pages with scrapy-playwright as its readme shows it; runs in an environment of its own."""

import json
import sys

import scrapy
from scrapy.crawler import CrawlerProcess

GIVEN = json.loads(sys.stdin.read())
FOUND = []


class Reviews(scrapy.Spider):
    name = "reviews"

    async def start(self):
        for url in GIVEN["urls"]:
            yield scrapy.Request(url, meta={"playwright": True})

    def parse(self, response):
        FOUND.append(len(response.css("[data-review-uuid]")))


HANDLER = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
process = CrawlerProcess(
    {
        "DOWNLOAD_HANDLERS": {"http": HANDLER, "https": HANDLER},
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "PLAYWRIGHT_LAUNCH_OPTIONS": {"executable_path": GIVEN["browser"], "chromium_sandbox": GIVEN["sandbox"]},
        "LOG_LEVEL": "ERROR",
        "ROBOTSTXT_OBEY": False,
        "DOWNLOAD_DELAY": 0,
        "TELNETCONSOLE_ENABLED": False,
    }
)
process.crawl(Reviews)
process.start()
print(json.dumps(FOUND))
