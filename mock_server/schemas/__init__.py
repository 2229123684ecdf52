"""The one door to jsonschema-rs: schemas of the contract, compiled when first needed."""

from mock_server.schemas.collection import Schemas
from mock_server.schemas.schema import Schema

__all__ = ["Schema", "Schemas"]
