"""Relations between the members of generated values, so that they describe one thing."""

from mock_server.generation.relations.relations import Relations, Setting

__all__ = ["Relations", "Setting"]
