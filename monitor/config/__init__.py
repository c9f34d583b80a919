"""Settings: what a person wrote, checked, and where an installation lies."""
