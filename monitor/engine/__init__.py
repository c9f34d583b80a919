"""When visits happen, and who watches over them while they run."""
