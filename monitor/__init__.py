"""The application: when, for whom, and what it means."""
