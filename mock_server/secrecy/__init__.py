"""What is secret in an exchange, and what is shown in its place: one list for all that shows one.

`names` has the list, `texts` finds secrets in texts, `values` in values, and `contract_secrets`
knows what a contract's schemas and security schemes say of them.
"""

from mock_server.secrecy.contract_secrets import OperationSecrets, Secrets
from mock_server.secrecy.names import EVERYTHING
from mock_server.secrecy.texts import MASKED, TextMask
from mock_server.secrecy.values import masked_leaf, secret_places
from mock_server.secrecy.violations import discreet_in_reply, discreet_in_request

__all__ = [
    "EVERYTHING",
    "MASKED",
    "OperationSecrets",
    "Secrets",
    "TextMask",
    "discreet_in_reply",
    "discreet_in_request",
    "masked_leaf",
    "secret_places",
]
