"""Telling people: what the outbox holds, as cards in Russian, through channels, with state and retries."""
