"""``python3 run.py messages``: renews the catalogue from the sources, compiles it, and says what a person has to do.

With ``--reached``: runs the tests that follow, and says which messages none of them reached.
"""

from __future__ import annotations

import sys

from tests.messages import catalogue, collecting, reached

if sys.argv[1:2] == ["--reached"]:
    raise SystemExit(reached.run(sys.argv[2:]))

wanted = collecting.collect()
renewed = catalogue.renew(catalogue.read(), wanted)
catalogue.write(renewed)
found = list(catalogue.problems(renewed, wanted))
sys.stdout.writelines(f"{problem}\n" for problem in found)
sys.stdout.write(f"{len(wanted)} messages, {len(found)} to be seen to in {catalogue.SOURCE}\n")
raise SystemExit(1 if found else 0)
