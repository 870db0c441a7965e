"""One typology, one file. They do not know each other."""
