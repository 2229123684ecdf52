"""Handlers: one module a contract, functions named by operationId."""
