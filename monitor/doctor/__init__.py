"""What would go wrong, said before it does: machine, installation and site, and a report for the maintainers."""
