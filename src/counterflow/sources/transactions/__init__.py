"""Movements of money: payment tables and messages."""
