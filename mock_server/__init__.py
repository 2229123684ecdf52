"""A contract-first mock server: give it an OpenAPI document, get the API."""

__version__ = "0.1.0"
