"""Journeys of persons: bookings, passenger lists, border crossings, visas."""
