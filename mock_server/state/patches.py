"""JSON Patch (RFC 6902), with what can't be applied as a problem."""

from __future__ import annotations

from typing import Any

import jsonpatch

from mock_server.errors import Conflict, InvalidRequest, Violation


def patched(value: Any, operations: Any) -> Any:
    """A value with a JSON Patch applied; the value itself stays as it is.

    Raises InvalidRequest for what is no patch, and Conflict for one that doesn't fit the value.
    """
    try:
        return jsonpatch.apply_patch(value, operations)
    except (jsonpatch.JsonPatchConflict, jsonpatch.JsonPatchTestFailed) as error:
        raise Conflict(f"The patch doesn't fit the item: {error}.") from None
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException) as error:
        message = f"the body is no JSON Patch that can be applied: {error}"
        violation = Violation(("request", "body"), "", "patch", message)
        raise InvalidRequest(f"{message}.", [violation]) from None
