"""Regular expressions of ECMA-262: matched by the schema engine, parsed for making strings.

Whether a text matches is always the engine's verdict. Python's `re` is used for Hypothesis only.
"""

from mock_server.patterns.automata import NONE, START, Languages
from mock_server.patterns.engine_syntax import engine_pattern
from mock_server.patterns.linear import NotLinear, linear_pattern
from mock_server.patterns.matching import is_readable, matches
from mock_server.patterns.parser import UnreadPattern, parsed
from mock_server.patterns.python_syntax import python_pattern

__all__ = [
    "NONE",
    "START",
    "Languages",
    "NotLinear",
    "UnreadPattern",
    "engine_pattern",
    "is_readable",
    "linear_pattern",
    "matches",
    "parsed",
    "python_pattern",
]
