"""Http_messages."""
