"""Which names are secret: the list, in every spelling, and what a setting adds and takes out."""

from __future__ import annotations

import pytest

from mock_server.secrecy.names import SecretNames

BUILT_IN = SecretNames.of([])
SECRET = """
password Password PASSWORD userPassword user_password new-password user.password passwords
passwd pwd passphrase passcode secret secrets clientSecret CLIENT-SECRET token access_token
accessToken refreshTokens id_token IDToken device_code deviceCode bearer jwt apiKey api_key
APIKey APIKEY apikey x-api-key X-Api-Keys private_key privateKey access_key accessKeyId
secret_access_key session_id sessionId SESSIONID jsessionid sid otp OTP pin userPin pin_number
cvv cvc cvv2 CVC csrf csrf_token _csrf xsrf X-XSRF-TOKEN X-CSRFToken csrfmiddlewaretoken
signature X-Hub-Signature-256 sig credential credentials connection_string connectionString
ConnectionStrings Authorization Proxy-Authorization X-Auth-Token X-Amz-Signature X-Amz-Credential
password_confirmation passwordHash password2 DB_PASSWORD secretKey OAuthToken
refreshtoken userpassword client_assertion code_verifier
"""
OPEN = """
name token_type tokenType next_page_token page_token pageToken nextToken continuation_token
total_tokens max_tokens maxTokens prompt_tokens completion_tokens tokens_used cursor etag key
object_keys secretary compass password_hint password_changed_at tokenExpiresAt token_id monkey
passenger author authority authorized tokenizer assigned signed_at pin_code pinCode pincode
spinning code state expires_in design signal resid insider public_key keyboard token_endpoint
cookie_policy bearerFormat signature_algorithm secret_name eos_token x-ratelimit-remaining-tokens
bypass
"""


@pytest.mark.parametrize("name", SECRET.split())
def test_a_name_that_says_so_is_secret(name: str) -> None:
    assert BUILT_IN.hit(name) is not None


@pytest.mark.parametrize("name", OPEN.split())
def test_another_name_is_not(name: str) -> None:
    assert BUILT_IN.hit(name) is None


@pytest.mark.parametrize("name", ["tenantWord", "tenant_word", "TENANT-WORD", "my.tenant.words"])
def test_a_name_that_is_added_is_secret_in_every_spelling(name: str) -> None:
    assert BUILT_IN.hit(name) is None
    assert SecretNames.of(["tenant word"]).hit(name) is not None
    assert SecretNames.of(["tenantWord"]).hit(name) is not None


@pytest.mark.parametrize("name", ["sessionId", "session_id", "SESSION-ID", "sessionIds"])
def test_a_name_that_is_taken_out_is_secret_in_no_spelling(name: str) -> None:
    names = SecretNames.of(["-session_id"])
    assert names.hit(name) is None
    assert names.hit("password") is not None


def test_a_word_that_is_taken_out_makes_no_name_secret() -> None:
    names = SecretNames.of(["-token"])
    assert [names.hit(name) for name in ("token", "access_token", "tokens")] == [None] * 3
    assert names.hit("token_secret") is not None


def test_words_that_have_other_meanings_are_secret_for_one_value_alone() -> None:
    hit = BUILT_IN.hit("pin")
    assert hit is not None and not hit.in_containers
    assert BUILT_IN.hit("pins") is not None


def test_tokens_that_are_counted_are_numbers() -> None:
    tokens, token = BUILT_IN.hit("tokens"), BUILT_IN.hit("token")
    assert tokens is not None and not tokens.of_numbers
    assert token is not None and token.of_numbers
