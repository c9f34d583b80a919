"""Runs one order of the command line as its child: ``python -m qa``."""

from __future__ import annotations

import sys

from qa.worker import main

if __name__ == "__main__":
    sys.exit(main())
