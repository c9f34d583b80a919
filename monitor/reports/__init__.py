"""Pages for people: what happened, told in order, with pictures. Reads values, writes one self-contained HTML file."""
