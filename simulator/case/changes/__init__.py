"""What a scenario changes in the tables of a system."""
