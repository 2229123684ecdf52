"""The errors that the service answers with instead of invocations."""

from __future__ import annotations

import httpx


class ServiceError(Exception):
    """An answer that is no success: its status, and the code and the message in its body."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(f"{status} {error}: {message}")
        self.status, self.error, self.message = status, error, message


class BadRequest(ServiceError):
    """The request was wrong."""


class Unauthorized(ServiceError):
    """The credentials are missing or wrong."""


class Forbidden(ServiceError):
    """The credentials don't allow it."""


class NotFound(ServiceError):
    """There is no such source."""


class UnexpectedReply(ServiceError):
    """An answer that isn't written as the contract states, such as a gateway's own."""


_BY_STATUS = {400: BadRequest, 401: Unauthorized, 403: Forbidden, 404: NotFound}


def error_of(reply: httpx.Response) -> ServiceError:
    """Return the error that a reply reports."""
    try:
        body = reply.json()
        error, message = str(body["error"]), str(body["message"])
    except (ValueError, KeyError, TypeError):
        return UnexpectedReply(reply.status_code, "unexpected_reply", reply.text[:200])
    return _BY_STATUS.get(reply.status_code, ServiceError)(reply.status_code, error, message)
