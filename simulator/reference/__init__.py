"""Reference pages made from the code: keys of a scenario, tables of a system, equations of the model.

``pages`` writes them all; a test keeps the committed ones current.
"""
