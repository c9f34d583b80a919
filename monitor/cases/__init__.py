"""A case before anything is sent: what is known, what triage says, and what would be filed through which channel."""
