"""Plants, projects, procurement and what may be built."""
