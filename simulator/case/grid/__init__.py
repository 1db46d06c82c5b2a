"""Links, cut-sets, border markets and loops."""
