"""How evidence is taken from a live page: pictures, source, traffic, and the checks that say whether it is whole."""
