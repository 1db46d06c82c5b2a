"""From Pyomo rules to the matrix of a linear problem."""
