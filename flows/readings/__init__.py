"""Pure parsers: bytes, text or JSON of a page in, frozen readings out. No browser, no clock, no network."""
