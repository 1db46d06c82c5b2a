"""Scenario files and tables: reading, strictness, validation."""
