"""Parameters on the wire: `style` and `explode` of path, query, header and cookie (OAS 4.8.12)."""

from mock_server.parameters import styles
from mock_server.parameters.codecs import (
    CookieDecoder,
    HeaderDecoder,
    ParameterShape,
    PathDecoder,
    Query,
    QueryDecoder,
    encode,
    shape_of,
)
from mock_server.parameters.fields import Field, Fields
from mock_server.parameters.styles import StyleLayout

__all__ = [
    "CookieDecoder",
    "Field",
    "Fields",
    "HeaderDecoder",
    "ParameterShape",
    "PathDecoder",
    "Query",
    "QueryDecoder",
    "StyleLayout",
    "encode",
    "shape_of",
    "styles",
]
