"""Evidence over time: checking, stamping, purging, own files and backups."""
