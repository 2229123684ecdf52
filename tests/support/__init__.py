"""What of OpenAPI is supported: each row of docs/reference/support.md, and how it is tried."""
