"""Case folders: facts in our own hand, as CSV, each with its source."""
