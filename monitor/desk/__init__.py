"""The desk: a page on this machine on which people look and decide. It calls use cases only, never state or flows."""
