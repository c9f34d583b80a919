"""The catalogue of messages: what belongs into it, what is in it, and what goes past it."""
