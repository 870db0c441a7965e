"""One file a format. An exporter knows the port, its format, and no other exporter."""
