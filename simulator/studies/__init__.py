"""Studies: what a command solves, and the folders it writes."""
