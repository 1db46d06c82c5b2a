"""Solving: the linear problem, the plan, and the operation of a year."""
