"""Documents: text with page and offset, and what is named in it."""
