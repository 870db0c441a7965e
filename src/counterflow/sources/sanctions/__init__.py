"""Sanctions lists, each in its publisher's own formats."""
