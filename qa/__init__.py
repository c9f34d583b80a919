"""For QA engineers: the pytest plugin, single flows by name, recording and replaying."""
