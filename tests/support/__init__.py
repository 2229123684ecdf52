"""What of OpenAPI is supported: each row of docs/support.md, and how it is tried."""
