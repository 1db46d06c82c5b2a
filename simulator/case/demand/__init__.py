"""Load by zone."""
