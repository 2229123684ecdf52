"""A request to a reply: negotiation chooses, a draft is made, validated and written, or refused.

`Responder.respond` is the whole way.
"""

from mock_server.mocking.drafts import Draft, Maker
from mock_server.mocking.explanation import explained, nearest
from mock_server.mocking.idempotency import IdempotencyKeys, is_first_success, kept_reply, replayed
from mock_server.mocking.links import Addresses
from mock_server.mocking.negotiation import rank_content
from mock_server.mocking.refusals import problem_reply, violation_headers
from mock_server.mocking.responder import CandidateReply, Responder, Target
from mock_server.mocking.undeclared import UNDECLARED_MARK

__all__ = [
    "UNDECLARED_MARK",
    "Addresses",
    "CandidateReply",
    "Draft",
    "IdempotencyKeys",
    "Maker",
    "Responder",
    "Target",
    "explained",
    "is_first_success",
    "kept_reply",
    "nearest",
    "problem_reply",
    "rank_content",
    "replayed",
    "violation_headers",
]
