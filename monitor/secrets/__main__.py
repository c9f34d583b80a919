"""``python -m monitor.secrets``: a keeper of an open secret store, ordered through standard input."""

import os
import sys

from monitor.loading import loading

with loading():
    from monitor.secrets.keeper import main

# Unbuffered: what has been read ahead would hide from ``select`` that the parent has ended.
sys.exit(main(os.fdopen(0, "rb", buffering=0), os.fdopen(1, "wb", buffering=0)))
