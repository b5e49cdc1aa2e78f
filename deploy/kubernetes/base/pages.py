"""Paths that `swarm target` has."""

PRODUCTS = ("/success", "/bytes/2000", "/json/10")
