"""Evidence: one module a kind of feature, each a function of two profiles that gives log-odds and says why."""
