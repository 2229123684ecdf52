"""Small tools that all packages use: durations, JSON texts and pointers, edits of values, wording.

Nothing here knows of HTTP, OpenAPI or JSON Schema. `recursion` runs a call on a stack of its own.
"""

from mock_server.core import wording
from mock_server.core.background import Background
from mock_server.core.child_process import child_command, child_input
from mock_server.core.durations import Delay, duration_text, parse_duration, read_delay
from mock_server.core.exact_json import NUMBER_RANGE, parse_json, write_json
from mock_server.core.garbage import paused_collections
from mock_server.core.json_edit import changed, changed_list, with_changes, with_value
from mock_server.core.json_pointer import (
    Tokens,
    member,
    pointer_of,
    reference_to,
    resolved,
    tokens_of,
    value_at,
)
from mock_server.core.suggestions import did_you_mean, nearest, suggestion
from mock_server.core.wording import (
    COUNTING,
    expectation,
    known_names,
    one_of,
    shortened,
    shown_value,
    words_for,
)
from mock_server.core.workflow_commands import workflow_command

__all__ = [
    "COUNTING",
    "NUMBER_RANGE",
    "Background",
    "Delay",
    "Tokens",
    "changed",
    "changed_list",
    "child_command",
    "child_input",
    "did_you_mean",
    "duration_text",
    "expectation",
    "known_names",
    "member",
    "nearest",
    "one_of",
    "parse_duration",
    "parse_json",
    "paused_collections",
    "pointer_of",
    "read_delay",
    "reference_to",
    "resolved",
    "shortened",
    "shown_value",
    "suggestion",
    "tokens_of",
    "value_at",
    "with_changes",
    "with_value",
    "wording",
    "words_for",
    "workflow_command",
    "write_json",
]
