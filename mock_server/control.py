"""The pages beside the contract's own paths: the contract itself, and the server's health."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import orjson

from mock_server import __version__
from mock_server.contract import Contract
from mock_server.messages import Reply

HEALTH = "/_mock/health"


def pages(contract: Contract) -> Mapping[str, Callable[[], Reply]]:
    """Each page's path, and what makes its reply."""
    return {
        "/openapi.yaml": lambda: _page("application/yaml", contract.documents.root.source),
        "/openapi.json": lambda: _page("application/json", _json(contract)),
        HEALTH: lambda: _page("application/json", _health(contract)),
    }


def _json(contract: Contract) -> bytes:
    """The document as JSON; as it stands in its file where that is JSON already."""
    root = contract.documents.root
    return root.source if root.is_json else orjson.dumps(root.data)


def _health(contract: Contract) -> bytes:
    return orjson.dumps(
        {
            "status": "ok",
            "version": __version__,
            "contract": contract.title,
            "operations": len(contract.operations),
        }
    )


def _page(media_type: str, body: bytes) -> Reply:
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    return Reply(200, headers, body, "page")
