"""Formats that other systems of the field exchange: FollowTheMoney entities and statements."""
