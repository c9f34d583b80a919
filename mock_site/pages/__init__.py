"""The pages of the mock site."""
