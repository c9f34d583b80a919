"""The bundle of a case that leaves the house: its documents, its masked copies, and how it is handed on."""
