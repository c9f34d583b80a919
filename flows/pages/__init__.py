"""Page objects: actions on a live page. What a page says is read by ``flows.readings``."""
