"""Crypto assets: addresses, tags, transfers."""
