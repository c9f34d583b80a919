"""Evidence as bytes and files: write-once store, action log, manifests, seals, archives. No browser, no database.

Start reading at ``store`` (where bytes go), ``manifest`` (what one capture was), ``journal`` (who did what) and
``verify`` (how a stranger checks all of it).
"""
