"""What a person can ask for, one module a subject; the command line, visits and pages call the same functions.

A use case takes what it needs (a store, an actor, terms), never the installation, and returns frozen models or records.
"""
