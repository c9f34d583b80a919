"""Does this review break a rule? An explained verdict, and the courage to say "do not file".

What a verdict is stands in ``monitor.triage.models``; who gives one (``monitor.triage.triage``) brings the patterns of
all signals, which a command that only shows verdicts does without.
"""
