"""Generated values: schema and seed to a value, operation and seed to a request.

`schema` plans a value for a schema, `values` makes its strings and numbers, `files` has sample
files.
"""

from mock_server.generation.entities import Entities
from mock_server.generation.files import sample
from mock_server.generation.invalid_requests import PARTS, Break, breaks
from mock_server.generation.read_write import marked_properties, reply_examples
from mock_server.generation.requests import Asked, NoRequest, Requests
from mock_server.generation.schema import TYPICAL, Generator, Mode, Schema, Shape, Unsatisfiable
from mock_server.generation.schema.alternatives import Choice, choices
from mock_server.generation.schema.composition import forbids
from mock_server.generation.schema.discriminators import TAG
from mock_server.generation.schema.examples import fresh
from mock_server.generation.schema.json_types import FRACTION, types_of
from mock_server.generation.schema.lists import ListMaker, identity
from mock_server.generation.schema.negation import TWICE
from mock_server.generation.schema.nodes import Node, Nodes
from mock_server.generation.schema.planner import plan
from mock_server.generation.schema.properties import (
    Property,
    companions,
    fits_name,
    group_of,
    properties,
    property_schemas,
)
from mock_server.generation.schema.schema import Made
from mock_server.generation.values.fakes import Fakes
from mock_server.generation.values.formats import EXPRESSIONS
from mock_server.generation.values.keywords import Limits, formats_of
from mock_server.generation.values.random_source import Source
from mock_server.generation.values.strings import string
from mock_server.generation.values.words import plain

__all__ = [
    "EXPRESSIONS",
    "FRACTION",
    "PARTS",
    "TAG",
    "TWICE",
    "TYPICAL",
    "Asked",
    "Break",
    "Choice",
    "Entities",
    "Fakes",
    "Generator",
    "Limits",
    "ListMaker",
    "Made",
    "Mode",
    "NoRequest",
    "Node",
    "Nodes",
    "Property",
    "Requests",
    "Schema",
    "Shape",
    "Source",
    "Unsatisfiable",
    "breaks",
    "choices",
    "companions",
    "fits_name",
    "forbids",
    "formats_of",
    "fresh",
    "group_of",
    "identity",
    "marked_properties",
    "plain",
    "plan",
    "properties",
    "property_schemas",
    "reply_examples",
    "sample",
    "string",
    "types_of",
]
