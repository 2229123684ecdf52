"""Parameters on the wire: `style` and `explode` of path, query, header and cookie (OAS 4.8.12)."""

from mock_server.parameters import styles
from mock_server.parameters.codecs import (
    CookieDecoder,
    HeaderDecoder,
    PathDecoder,
    QueryDecoder,
    Shape,
    encode,
    shape_of,
)
from mock_server.parameters.fields import Field, Fields
from mock_server.parameters.styles import Layout

__all__ = [
    "CookieDecoder",
    "Field",
    "Fields",
    "HeaderDecoder",
    "Layout",
    "PathDecoder",
    "QueryDecoder",
    "Shape",
    "encode",
    "shape_of",
    "styles",
]
