"""The command line: one module a command group. The only place that turns errors into exit codes."""

from monitor.cli.application import app, command_tree, main

__all__ = ["app", "command_tree", "main"]
