"""The keys of a scenario, a file per subject; ``inputs/scenario.py`` puts them together."""
