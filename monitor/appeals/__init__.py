"""The appeal ledger: one gesture at most for an approved appeal, and no outcome lost. Knows no browser and no SQL."""
