"""Realistic leaves: the strings and numbers that stand at the ends of a generated value.

A leaf is a function from a Source to a value. Which one a schema gets is decided once, by its
`x-faker`, `format`, `pattern` or bounds, and else by the property's name.
"""
