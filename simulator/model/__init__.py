"""The optimisation model: ``build`` is its table of contents, ``features`` its physics, ``lp`` its matrix."""
