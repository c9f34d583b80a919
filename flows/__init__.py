"""Everything that knows a page. No schedule, no database, no settings."""
