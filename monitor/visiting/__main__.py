"""``python -m monitor.visiting``: one visit, ordered through standard input."""

import sys

from monitor.loading import loading

with loading():
    from monitor.visiting.entry import main

sys.exit(main())
