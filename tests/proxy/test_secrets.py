"""Which names are secret, and what stands in the place of what they hold."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.proxy.secrets import is_secret, masked, without_secrets


@pytest.mark.parametrize(
    "name",
    ["password", "userPassword", "PASSWORD", "access_token", "accessToken", "refreshTokens", "jwt",
     "api_key", "apiKey", "APIKey", "x-api-key", "apikey", "client_secret", "secrets",
     "credentials", "Authorization", "private_key", "secretKey", "X-Auth-Token"],
)  # fmt: skip
def test_a_name_that_says_so_is_secret(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    ["name", "token_type", "next_page_token", "pageToken", "nextToken", "continuation_token", "key",
     "object_keys", "max_token_count", "secretary", "compass", "password_hint", "monkey",
     "passenger"],
)  # fmt: skip
def test_another_name_is_not(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("value", "hidden"),
    [
        ({"password": "a"}, {"password": "***"}),
        ({"tokens": ["a", {"b": "c"}]}, {"tokens": ["***", {"b": "***"}]}),
        ([{"secret": 7, "b": 7}], [{"secret": 0, "b": 7}]),
        ({"password": None, "token": True}, {"password": None, "token": True}),
        ("plain", "plain"),
    ],
)
def test_texts_and_numbers_below_a_secret_name_are_masked(value: Any, hidden: Any) -> None:
    assert masked(value, lambda value: True) == hidden


def test_a_mask_has_the_form_that_is_asked_for() -> None:
    def is_long(value: Any) -> bool:
        return len(value["token"]) == 6

    assert masked({"token": "Ab-12é"}, is_long) == {"token": "******"}
    assert masked(
        {"token": "Ab-12é"}, lambda value: is_long(value) and value["token"][2] == "-"
    ) == {"token": "xx-00x"}


def test_where_no_mask_is_accepted_it_is_said_where() -> None:
    with pytest.raises(ValueError, match=r"no mask for a\.0\.token"):
        masked({"a": [{"token": "x"}]}, lambda value: False)


def test_conditions_leave_secrets_out() -> None:
    assert without_secrets({"a": [{"b": 1, "token": 2}], "secret": {}}) == {"a": [{"b": 1}]}
