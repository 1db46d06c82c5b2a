"""Weather, water, heat and outages: what plants can run."""
