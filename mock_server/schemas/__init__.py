"""JSON Schema: the schemas of a contract, translated to 2020-12 and compiled when first needed.

The one package that imports jsonschema-rs. `Schemas` holds all schemas of a contract; a `Schema`
validates values and explains what is wrong with them, with the keyword that says so.
"""

from mock_server.schemas.coercion import (
    ANY,
    EVERYTHING,
    PRIMITIVES,
    SchemaView,
    Types,
    coerce,
    types_of,
)
from mock_server.schemas.collection import Schemas
from mock_server.schemas.keywords import FORMAT_RANGES, INTEGER_FORMATS
from mock_server.schemas.schema import Schema
from mock_server.schemas.subschemas import (
    item_schemas,
    listed,
    only_array,
    property_schemas,
    referred,
    required_names,
    schemas_within,
)

__all__ = [
    "ANY",
    "EVERYTHING",
    "FORMAT_RANGES",
    "INTEGER_FORMATS",
    "PRIMITIVES",
    "Schema",
    "SchemaView",
    "Schemas",
    "Types",
    "coerce",
    "item_schemas",
    "listed",
    "only_array",
    "property_schemas",
    "referred",
    "required_names",
    "schemas_within",
    "types_of",
]
