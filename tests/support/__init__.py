"""The supported parts of OpenAPI: each row of docs/reference/support.md, and how it is tried."""
