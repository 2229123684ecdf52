"""What the tests share: servers, clients, documents, judges."""
