"""A client of the Chroma Sync Service."""

from chroma_sync.client import ChromaSync, StillRunning
from chroma_sync.errors import (
    BadRequest,
    Forbidden,
    NotFound,
    ServiceError,
    Unauthorized,
    UnexpectedReply,
)
from chroma_sync.invocations import Invocation, Status

__all__ = [
    "BadRequest",
    "ChromaSync",
    "Forbidden",
    "Invocation",
    "NotFound",
    "ServiceError",
    "Status",
    "StillRunning",
    "Unauthorized",
    "UnexpectedReply",
]
