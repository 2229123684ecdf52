"""The list of secret names, and whether a name is one of them in any spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

Words = tuple[str, ...]

# A name with one of these phrases is secret; the last word may be in the plural.
PHRASES = (
    "password", "passwd", "pwd", "passphrase", "passcode", "secret", "token", "jwt", "bearer",
    "credential", "csrf", "xsrf", "cvv", "cvc", "totp", "signature", "cookie",
    "api key", "private key", "access key", "secret key", "signing key", "encryption key",
    "session key", "account key", "shared key", "subscription key", "master key",
    "session id", "connection string", "authorization code", "auth code", "device code",
    "code verifier", "client assertion", "security code", "recovery code", "backup code",
    "one time code", "pin number",
)  # fmt: skip
# These also mean other things: only a text or a number is secret, if its name ends so.
PHRASES_OF_SCALARS = ("authorization", "otp", "pin", "sid", "sig", "pass")
# Phrases written as one word, since some names have no mark between words.
RUN_TOGETHER = (
    "accesstoken", "refreshtoken", "idtoken", "authtoken", "apitoken", "usertoken", "sessiontoken",
    "securitytoken", "bearertoken", "clienttoken", "csrftoken", "xsrftoken", "resettoken",
    "csrfmiddlewaretoken", "jsessionid", "phpsessid", "sessid", "connstr",
)  # fmt: skip

# A name that ends with one of these is about a secret: `token_type`, `password_changed_at`.
ABOUT_A_SECRET = """
type types hint hints policy policies count counts limit limits length size url uri urls uris
endpoint endpoints expires expired expiry expiration expire at in on ttl age required enabled
disabled status state states strength scheme format formats version algorithm algorithms alg method
methods supported usage rule rules field fields label placeholder description message error errors
title name names attempts retries revoked valid verified created updated rotated issued index
position date time timeout seconds minutes days lifetime validity issuer audience scope scopes owner
provider exists set present
"""
# A token for the place at which a list continues gives no access.
OF_A_PLACE = """
page pages paging pagination next previous prev continuation cursor sync skip delta resumption
start starting scroll marker
"""
# Tokens of a language model, and of a rate limit, are numbers of things, not secrets.
COUNTED = """
max min total prompt completion input output cached reasoning num number n used remaining limit
count per audio text image new prediction batch context window budget generated usage stop special
"""
# Special tokens of a language model aren't secrets.
OF_A_MODEL = frozenset({"eos", "bos", "pad", "unk", "sep", "cls"})
_IDENTIFIED = frozenset({("token",), ("credential",), ("api", "key")})
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


class Hit(NamedTuple):
    """The values that are secret under a name.

    `in_containers`: also the values inside lists and objects of that name. `of_numbers`: also
    numbers.
    """

    in_containers: bool = True
    of_numbers: bool = True


# For every value under a name, or in a value that is secret itself.
EVERYTHING = Hit()


def words_of(name: str) -> Words:
    """Return the words of a name in lower case: `apiKey` and `API_KEY` are `api`, `key`."""
    return tuple(word.lower() for word in _WORDS.findall(name))


def _phrases(texts: Iterable[str]) -> frozenset[Words]:
    return frozenset(_singular(words_of(text)) for text in texts)


def _singular(words: Words) -> Words:
    """Return the words with the last in the singular, if its ending shows a plural."""
    if words and len(words[-1]) > 2 and words[-1].endswith("s") and not words[-1].endswith("ss"):
        return (*words[:-1], words[-1][:-1])
    return words


_BUILT_IN = _phrases(PHRASES)
_SCALARS = _phrases(PHRASES_OF_SCALARS)
_TOKEN = ("token",)
# Phrases written as one word, and the phrase that each stands for.
_COMPACT = {
    **{text: _TOKEN if text.endswith("token") else (text,) for text in RUN_TOGETHER},
    **{"".join(phrase): phrase for phrase in _BUILT_IN if len(phrase) > 1},
}
_ABOUT = frozenset(words_of(ABOUT_A_SECRET))
_PLACE = frozenset(words_of(OF_A_PLACE))
_COUNTED = frozenset(words_of(COUNTED))
# A word that ends with one of these is always about a secret.
_ENDINGS = ("password", "passwd", "passphrase", "secret")


@dataclass(frozen=True)
class SecretNames:
    """The names whose values are secret.

    `added` and `removed` are the names from the setting. `exact` are further names in lower case,
    of which no other spelling counts.
    """

    added: frozenset[Words] = frozenset()
    removed: frozenset[Words] = frozenset()
    exact: frozenset[str] = frozenset()

    @classmethod
    def of(cls, said: Iterable[str]) -> SecretNames:
        """Return the built-in names with those of the setting; `-` before a name removes it."""
        said = [name.strip() for name in said]
        removed = (name[1:] for name in said if name.startswith("-"))
        added = (name for name in said if not name.startswith("-"))
        return cls(_phrases(added) - {()}, _phrases(removed) - {()})

    def with_exact(self, names: Iterable[str]) -> SecretNames:
        """Return these names and further ones, of which no other spelling counts."""
        found = self.exact | {name.lower() for name in names}
        return SecretNames(self.added, self.removed, found) if found != self.exact else self

    def is_removed(self, name: str) -> bool:
        """Return whether the setting states that a name isn't secret."""
        return _singular(words_of(name)) in self.removed

    def hit(self, name: str) -> Hit | None:
        """Return which values of a name are secret; None if the name isn't secret."""
        return _hit(self, name)


@lru_cache(maxsize=4096)
def _hit(names: SecretNames, name: str) -> Hit | None:
    words = words_of(name)
    singular = _singular(words)
    if singular in names.removed:
        return None
    if name.lower() in names.exact or any(_ends(singular, phrase) for phrase in names.added):
        return Hit()
    found = [hit for hit in _built_in(names, words) if hit is not None]
    return found[0] if found else None


def _built_in(names: SecretNames, words: Words) -> Iterator[Hit | None]:
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            phrase = _singular(words[start:end])
            if phrase in names.removed:
                continue
            if phrase in _BUILT_IN or (phrase[0].endswith(_ENDINGS) and len(phrase) == 1):
                yield _judged(words, start, end)
            elif phrase in _SCALARS and end == len(words):
                yield Hit(in_containers=False, of_numbers=phrase != ("pass",))
    whole = _singular(("".join(words),))[0]
    for text, phrase in _COMPACT.items():
        if whole.endswith(text) and phrase not in names.removed:
            yield Hit()


def _judged(words: Words, start: int, end: int) -> Hit | None:
    """Return which values a phrase makes secret, by the words around it; None if none."""
    if words[:2] == ("access", "control"):  # CORS headers list names, not secrets
        return None
    phrase, others = _singular(words[start:end]), {*words[:start], *words[end:]}
    rest = [word for word in words[end:] if not word.isdigit()]
    if rest and (rest[-1] in _ABOUT or (rest[-1] in ("id", "ids") and phrase in _IDENTIFIED)):
        return None
    if phrase == ("cookie",) and rest:
        return None
    if phrase == _TOKEN:
        is_plural = words[end - 1] == "tokens"
        if others & _PLACE or others & OF_A_MODEL or (is_plural and others & _COUNTED):
            return None
        return Hit(of_numbers=not is_plural)
    return Hit()


def _ends(words: Words, phrase: Words) -> bool:
    """Return whether a name is a phrase, or ends with it."""
    return words[-len(phrase) :] == phrase or "".join(words) == "".join(phrase)
