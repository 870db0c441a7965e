"""goAML: what a report to a financial intelligence unit is made of, what each unit wants in it, and what it lacks."""
