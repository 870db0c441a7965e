"""Goods: consignments, declarations, trade figures, seizures."""
