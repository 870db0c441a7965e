"""Who owns and controls whom: company registers and leaks."""
