"""Ships at sea: positions, messages, meetings."""
