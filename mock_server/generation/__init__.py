"""Generated values: schema and seed to a value, operation and seed to a request.

`schema` plans a value for a schema, `values` makes its strings and numbers, `files` has sample
files.
"""

from mock_server.generation.entities import KEYS, NOTHING_SENT, Entities
from mock_server.generation.files import FILES, file_at, sample
from mock_server.generation.header_values import (
    DAY,
    FIELDS,
    Field,
    HeaderMessage,
    Phase,
    deprecated_since,
    query_types,
)
from mock_server.generation.invalid_requests import PARTS, InvalidRequestCase, invalid_requests
from mock_server.generation.read_write import (
    marked_properties,
    reply_examples,
    sent_examples,
    without,
)
from mock_server.generation.requests import NoRequest, Requests, RequestValues
from mock_server.generation.schema import (
    AT_ONCE,
    TYPICAL,
    Budget,
    Generator,
    Mode,
    ReplyLimits,
    SchemaSource,
    Unsatisfiable,
    ValueShape,
)
from mock_server.generation.schema.alternatives import Alternatives, choices, types_of
from mock_server.generation.schema.composition import forbids
from mock_server.generation.schema.contents import StringContent
from mock_server.generation.schema.discriminators import TAG
from mock_server.generation.schema.examples import fresh
from mock_server.generation.schema.json_types import FRACTION, other_types, possible_types
from mock_server.generation.schema.lists import ListMaker, identity
from mock_server.generation.schema.negation import TWICE
from mock_server.generation.schema.nodes import ValueNode, ValueNodes
from mock_server.generation.schema.planner import plan
from mock_server.generation.schema.properties import (
    Property,
    all_property_schemas,
    companions,
    fits_name,
    group_of,
    properties,
)
from mock_server.generation.schema.schema import Made
from mock_server.generation.series import Series
from mock_server.generation.values.fakes import Fakes
from mock_server.generation.values.formats import EXPRESSIONS
from mock_server.generation.values.keywords import SizeLimits, formats_of
from mock_server.generation.values.random_source import Source
from mock_server.generation.values.strings import string
from mock_server.generation.values.words import plain
from mock_server.generation.values.x_faker import faker_fault

__all__ = [
    "AT_ONCE",
    "DAY",
    "EXPRESSIONS",
    "FIELDS",
    "FILES",
    "FRACTION",
    "KEYS",
    "NOTHING_SENT",
    "PARTS",
    "TAG",
    "TWICE",
    "TYPICAL",
    "Alternatives",
    "Budget",
    "Entities",
    "Fakes",
    "Field",
    "Generator",
    "HeaderMessage",
    "InvalidRequestCase",
    "ListMaker",
    "Made",
    "Mode",
    "NoRequest",
    "Phase",
    "Property",
    "ReplyLimits",
    "RequestValues",
    "Requests",
    "SchemaSource",
    "Series",
    "SizeLimits",
    "Source",
    "StringContent",
    "Unsatisfiable",
    "ValueNode",
    "ValueNodes",
    "ValueShape",
    "all_property_schemas",
    "choices",
    "companions",
    "deprecated_since",
    "faker_fault",
    "file_at",
    "fits_name",
    "forbids",
    "formats_of",
    "fresh",
    "group_of",
    "identity",
    "invalid_requests",
    "marked_properties",
    "other_types",
    "plain",
    "plan",
    "possible_types",
    "properties",
    "query_types",
    "reply_examples",
    "sample",
    "sent_examples",
    "string",
    "types_of",
    "without",
]
