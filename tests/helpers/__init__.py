"""The helpers that the tests share: servers, clients, documents, judges."""
