"""The child process of a visit. Only ``python -m monitor.visiting`` imports the flows and with them the browser.

``monitor.visit_protocol`` is what parent and child share; nothing else of this package is for the parent.
"""
