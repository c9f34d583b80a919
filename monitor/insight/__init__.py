"""Learning from reviews: methods for few data (pure), complaints found by words, and what reads the state for them."""
