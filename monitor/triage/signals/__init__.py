"""One module a signal. Each function is pure: a prepared text (or facts) in, a signal or None out."""
