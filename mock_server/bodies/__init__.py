"""Bodies by media type: JSON, text, forms, multipart, XML and streams, read, written, validated.

`body_codec` chooses among them for one Media Type Object.
"""

from mock_server.bodies import body_codec
from mock_server.bodies.body_codec import encode, rules, violations
from mock_server.bodies.charsets import known_charset
from mock_server.bodies.events import EventStream
from mock_server.bodies.json_text import Decoder, UnreadableBody, Written
from mock_server.bodies.sequences import Sequence, is_stream, item_encoder
from mock_server.bodies.undescribed import charset_of, verbatim

__all__ = [
    "Decoder",
    "EventStream",
    "Sequence",
    "UnreadableBody",
    "Written",
    "body_codec",
    "charset_of",
    "encode",
    "is_stream",
    "item_encoder",
    "known_charset",
    "rules",
    "verbatim",
    "violations",
]
