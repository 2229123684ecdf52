"""Schema and seed to a value: realistic, the same on every machine, and always valid.

A schema is compiled once, into nodes. A node is one place in a value together with all schemas
that hold there, references followed and `allOf` opened. A node with a choice (`oneOf`, `anyOf`,
`if`, `not`, several types) has a branch for each way to go. A branch is a node with some schemas
more. A branch that contradicts the rest is never taken.
"""

from mock_server.generation.schema.budget import AT_ONCE, Budget, ReplyLimits
from mock_server.generation.schema.generator import Generator
from mock_server.generation.schema.run import TYPICAL, Direction, Mode, ValueShape
from mock_server.generation.schema.schema import SchemaSource, Unsatisfiable

__all__ = [
    "AT_ONCE",
    "TYPICAL",
    "Budget",
    "Direction",
    "Generator",
    "Mode",
    "ReplyLimits",
    "SchemaSource",
    "Unsatisfiable",
    "ValueShape",
]
