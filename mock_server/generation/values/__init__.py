"""Realistic leaves: the strings and numbers that stand at the ends of a generated value.

A leaf is a function from a Source to a value. The leaf of a schema is chosen once, by its
`x-faker`, `format`, `pattern` or bounds, and else by the property's name.
"""
