"""The OpenAPI document as compiled, immutable objects: operations, routes, servers, references.

`read_contract` makes a `Contract` of a document. A mistake in the document is a finding, and only
what depends on it is left out.
"""

from mock_server.contract.bundle import bundle
from mock_server.contract.conditions import is_conditional
from mock_server.contract.model import (
    ANY_METHOD,
    Body,
    Content,
    Contract,
    Example,
    Header,
    Operation,
    OutgoingRequest,
    Parameter,
    Response,
)
from mock_server.contract.reader import read_contract
from mock_server.contract.references import dangling_references, every_object
from mock_server.contract.routes import Match, Routes, base_and_bare
from mock_server.contract.servers import ServerAddress, server_origin

__all__ = [
    "ANY_METHOD",
    "Body",
    "Content",
    "Contract",
    "Example",
    "Header",
    "Match",
    "Operation",
    "OutgoingRequest",
    "Parameter",
    "Response",
    "Routes",
    "ServerAddress",
    "base_and_bare",
    "bundle",
    "dangling_references",
    "every_object",
    "is_conditional",
    "read_contract",
    "server_origin",
]
