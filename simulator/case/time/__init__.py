"""Years, days and slices of a case."""
