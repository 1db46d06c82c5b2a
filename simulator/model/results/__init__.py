"""From a solution to the labelled dataset."""
