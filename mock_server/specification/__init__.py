"""What the OpenAPI Specification asks of a document, object by object, in plain words."""

from mock_server.specification.tags import tag_findings
from mock_server.specification.walk import structure_findings

__all__ = ["structure_findings", "tag_findings"]
