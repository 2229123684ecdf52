"""The credentials that an operation requires, and the replies to requests that lack them."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.model import Operation
from mock_server.contract.reader import read_contract
from mock_server.errors import Forbidden, Unauthorized
from mock_server.http_messages.messages import Request, header_map
from mock_server.validation.security import SecurityRules
from tests.helpers.effort import is_linear

SCHEMES: dict[str, Any] = {
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "api key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "raw": {"type": "apiKey", "in": "header", "name": "Authorization"},
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "digest": {"type": "http", "scheme": "Digest"},
    "hoba": {"type": "http", "scheme": "HOBA"},
    "oauth": {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "https://a.example/t", "scopes": {}}},
    },
    "openid": {"type": "openIdConnect", "openIdConnectUrl": "https://a.example/o"},
    "tls": {"type": "mutualTLS"},
    "linked": {"$ref": "#/components/securitySchemes/bearer"},
    "typo": {"type": "basic"},
    "nowhere": {"type": "apiKey", "name": "key"},
    "nameless": {"type": "apiKey", "in": "query"},
    "unsendable": {"type": "apiKey", "in": "header", "name": "X Key"},
    "in body": {"type": "apiKey", "in": "body", "name": "key"},
    "schemeless": {"type": "http"},
    "worded": {"type": "http", "scheme": "Bearer token"},
    "listed": {"type": ["http"]},
}
NO_PARTS = "are no parameters such as username=…, with commas between them"
DIGEST = 'Digest username="ada", realm="*", nonce="mock", uri="/pets?a=1,2", response="6629fa"'
SECRET = "s3cr3t"


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


Compile = Callable[..., SecurityRules]


@pytest.fixture
def compiled(tmp_path: Path) -> Compile:
    """Return the rules of an operation with that requirement, in the operation and at the top."""

    def rules(*alternatives: Alternatives, top: Any = None) -> SecurityRules:
        operation, schemes = written(tmp_path, list(alternatives), top)
        return SecurityRules(operation, schemes)

    return rules


def written(
    folder: Path, own: Any, top: Any = None
) -> tuple[Operation, Mapping[str, Mapping[str, Any]]]:
    operation = {"responses": {"200": {"description": "fine"}}}
    document = {
        "openapi": "3.1.1",
        "info": {"title": "Pets", "version": "1"},
        "paths": {"/pets": {"get": operation | ({} if own is None else {"security": own})}},
        "components": {"securitySchemes": SCHEMES},
    }
    path = folder / "pets.json"
    path.write_text(json.dumps(document | ({} if top is None else {"security": top})))
    contract = read_contract(path)
    return contract.operations[0], contract.security_schemes


def sent(*headers: str, query: str = "") -> Request:
    """Return a request with these headers, each written as on the wire."""
    pairs = [header.partition(":") for header in headers]
    raw = [(name.lower().encode(), text.strip().encode("latin-1")) for name, _, text in pairs]
    return Request("GET", "/pets", query, header_map(raw), b"")


def authorized(credentials: str) -> Request:
    return sent(f"Authorization: {credentials}")


def refusal(rules: SecurityRules, request: Request) -> Unauthorized | Forbidden | None:
    """Return what the request is refused with; None if it passes."""
    try:
        rules.check(request)
    except (Unauthorized, Forbidden) as problem:
        return problem
    return None


def unauthorized(rules: SecurityRules, request: Request) -> Unauthorized:
    problem = refusal(rules, request)
    assert isinstance(problem, Unauthorized)
    return problem


def forbidden(rules: SecurityRules, request: Request) -> Forbidden:
    problem = refusal(rules, request)
    assert isinstance(problem, Forbidden)
    return problem


def challenges(problem: Unauthorized | Forbidden) -> list[str]:
    assert {name for name, _ in problem.headers} <= {"WWW-Authenticate"}
    return [value for _, value in problem.headers]


def locations(problem: Unauthorized | Forbidden) -> list[tuple[str, ...]]:
    assert {v.keyword for v in problem.violations} == {"security"}
    return [violation.location for violation in problem.violations]


@pytest.mark.parametrize(
    ("scheme", "request_"),
    [
        pytest.param("header", sent("x-KEY: a"), id="key in a header, any case of its name"),
        pytest.param("query", sent(query="a=1&api+key=a"), id="key in the query"),
        pytest.param("query", sent(query="api%20key=%2Ba"), id="key in the query, encoded"),
        pytest.param("query", sent(query="api+key=a&api+key="), id="key in the query, twice"),
        pytest.param("cookie", sent("Cookie: a=b; sid=c"), id="key in a cookie"),
        pytest.param("cookie", sent('Cookie: sid="c=d"'), id="key in a quoted cookie"),
        pytest.param("cookie", sent("Cookie: a=b", "Cookie: sid=c"), id="key in a second Cookie"),
        pytest.param("cookie", sent("Cookie: sid=; sid=c"), id="key in a cookie that comes twice"),
        pytest.param("raw", authorized("anything"), id="key in Authorization"),
        pytest.param("basic", authorized(f"Basic {encoded('ada:pass')}"), id="Basic"),
        pytest.param("basic", authorized(f"bAsIc  {encoded('ada:a:b')}"), id="Basic, any case"),
        pytest.param("basic", authorized(f"Basic {encoded('ada:')}"), id="Basic, empty password"),
        pytest.param("basic", authorized(f"Basic {encoded('ädä:ü')}"), id="Basic, not ASCII"),
        pytest.param("bearer", authorized("Bearer abc"), id="Bearer"),
        pytest.param("bearer", authorized("BEARER a.b-c_~+/=="), id="Bearer, any case"),
        pytest.param("linked", authorized("Bearer abc"), id="scheme by $ref"),
        pytest.param("digest", authorized(DIGEST), id="Digest"),
        pytest.param(
            "digest",
            authorized(DIGEST.replace('username="ada"', "username*=UTF-8''%C3%A4")),
            id="Digest, extended user name",
        ),
        pytest.param("digest", authorized("Digest abc=="), id="Digest, one word"),
        pytest.param("digest", authorized("Digest username=ada"), id="Digest, one part"),
        pytest.param("digest", authorized('digest a="\\"", , b = 1 ,'), id="Digest, odd commas"),
        pytest.param("hoba", authorized('hoba result="a.b.c"'), id="another scheme"),
        pytest.param("oauth", authorized("Bearer abc"), id="OAuth 2"),
        pytest.param("openid", authorized("Bearer abc"), id="OpenID Connect"),
        pytest.param("tls", sent(), id="mutual TLS can't be seen"),
    ],
)
def test_credentials_of_the_right_form_are_taken(
    compiled: Compile, scheme: str, request_: Request
) -> None:
    assert refusal(compiled({scheme: []}), request_) is None


HEADER = ("request", "header", "Authorization")


@pytest.mark.parametrize(
    ("scheme", "location", "challenge", "way"),
    [
        ("header", ("request", "header", "X-Key"), [], 'the header "X-Key: <key>"'),
        (
            "query",
            ("request", "query", "api key"),
            [],
            'the query parameter "api key=<key>"',
        ),
        ("cookie", ("request", "cookie", "sid"), [], 'the cookie "sid=<key>"'),
        ("raw", HEADER, [], 'the header "Authorization: <key>"'),
        (
            "basic",
            HEADER,
            ['Basic realm="*"'],
            'the header "Authorization: Basic <base64 of user:password>"',
        ),
        ("bearer", HEADER, ["Bearer"], 'the header "Authorization: Bearer <token>"'),
        ("hoba", HEADER, ["HOBA"], 'the header "Authorization: HOBA <credentials>"'),
        ("oauth", HEADER, ["OAuth2"], 'the header "Authorization: Bearer <token>"'),
        ("openid", HEADER, ["OpenID"], 'the header "Authorization: Bearer <token>"'),
    ],
)
def test_a_request_without_credentials_is_told_how_to_send_them(
    compiled: Compile, scheme: str, location: tuple[str, ...], challenge: list[str], way: str
) -> None:
    problem = unauthorized(compiled({scheme: []}), sent())
    assert locations(problem) == [location]
    assert challenges(problem) == challenge
    assert problem.detail == f'the credentials for "{scheme}" are missing; expected {way}.'


@pytest.mark.parametrize(
    ("scheme", "request_"),
    [
        pytest.param("header", sent("X-Key:"), id="empty header"),
        pytest.param("header", sent("X-Keys: a"), id="another header"),
        pytest.param("query", sent(query="api+key="), id="empty parameter"),
        pytest.param("query", sent(query="api+key"), id="parameter without a value"),
        pytest.param("query", sent(query="api+key=%20"), id="blank parameter"),
        pytest.param("query", sent(query="Api+Key=a"), id="parameter in another case"),
        pytest.param("cookie", sent("Cookie: sid="), id="empty cookie"),
        pytest.param("cookie", sent('Cookie: sid=""'), id="empty quoted cookie"),
        pytest.param("cookie", sent("Cookie: insid=a; b=sid=c"), id="another cookie"),
        pytest.param("cookie", sent("sid: a", query="sid=a"), id="key in another place"),
        pytest.param("bearer", authorized("Bearer"), id="scheme alone"),
        pytest.param("bearer", authorized("Bearer   "), id="scheme and blanks"),
        pytest.param("bearer", authorized("abc"), id="token alone"),
        pytest.param("bearer", authorized("Bearerabc"), id="no space"),
        pytest.param("bearer", authorized(f"Basic {encoded('a:b')}"), id="another scheme"),
        pytest.param("oauth", sent(query="access_token=a"), id="token in the query"),
        pytest.param("basic", authorized("Bearer abc"), id="not Basic"),
        pytest.param("digest", authorized("Digest"), id="Digest alone"),
    ],
)
def test_empty_or_other_credentials_are_missing_ones(
    compiled: Compile, scheme: str, request_: Request
) -> None:
    assert "are missing" in unauthorized(compiled({scheme: []}), request_).detail


@pytest.mark.parametrize(
    ("scheme", "credentials", "fault"),
    [
        pytest.param("basic", "Basic ada:pass", "are no base64", id="plain text"),
        pytest.param("basic", "Basic YTpi!", "are no base64", id="a stray character"),
        pytest.param("basic", "Basic YTpiYw", "are no base64", id="padding left out"),
        pytest.param("basic", "Basic ü", "are no base64", id="not ASCII"),
        pytest.param("basic", f"Basic {encoded('ada')}", "have no colon", id="no colon"),
        pytest.param(
            "basic",
            f"Basic {encoded('a:b' + chr(10))}",
            "have a control character",
            id="line break",
        ),
        pytest.param("digest", "Digest a b", NO_PARTS, id="two words"),
        pytest.param("digest", 'Digest username="ada', NO_PARTS, id="a quote left open"),
        pytest.param("digest", "Digest nonce=1 uri=/a", NO_PARTS, id="no comma"),
        pytest.param("digest", "Digest =1, nonce=1", NO_PARTS, id="no name"),
        pytest.param("digest", "Digest ,", NO_PARTS, id="nothing but a comma"),
    ],
)
def test_credentials_that_cannot_be_read_are_refused_with_the_reason(
    compiled: Compile, scheme: str, credentials: str, fault: str
) -> None:
    problem = unauthorized(compiled({scheme: []}), authorized(credentials))
    assert problem.detail.startswith(f'the credentials for "{scheme}" {fault}')
    assert f'expected the header "Authorization: {scheme.title()} ' in problem.detail
    assert locations(problem) == [HEADER]
    assert challenges(problem)[0].startswith(f'{scheme.title()} realm="*"')


@pytest.mark.parametrize(
    ("scheme", "auth"),
    [("basic", httpx.BasicAuth("ada", "pass")), ("digest", httpx.DigestAuth("ada", "pass"))],
    ids=["basic", "digest"],
)
def test_a_client_that_knows_the_scheme_can_answer_the_challenge(
    compiled: Compile, scheme: str, auth: httpx.Auth
) -> None:
    rules = compiled({scheme: []})
    flow = auth.sync_auth_flow(httpx.Request("GET", "http://127.0.0.1/pets"))
    request = next(flow)
    if scheme == "digest":
        headers = list(unauthorized(rules, sent()).headers)
        request = flow.send(httpx.Response(401, headers=headers, request=request))
    assert refusal(rules, authorized(request.headers["Authorization"])) is None


@pytest.mark.parametrize(
    ("own", "top"),
    [
        pytest.param(None, None, id="nothing said"),
        pytest.param([], [{"bearer": []}], id="an empty list overrides the document's"),
        pytest.param([{"bearer": []}, {}], None, id="anonymous as an alternative"),
        pytest.param(None, [{}], id="anonymous in the document"),
        pytest.param([{"tls": []}], None, id="a client's certificate"),
        pytest.param([{"unknown": []}, {"bearer": []}], None, id="an undeclared scheme"),
        pytest.param([{"typo": []}], None, id="a scheme of no known type"),
    ],
)
def test_an_operation_that_asks_for_nothing_is_open(tmp_path: Path, own: Any, top: Any) -> None:
    rules = SecurityRules(*written(tmp_path, own, top))
    assert rules.is_open
    assert refusal(rules, sent()) is None


@pytest.mark.parametrize(
    ("own", "top", "rule"),
    [
        pytest.param(None, [{"header": []}], "#/security", id="the document's"),
        pytest.param([{"header": []}], [{"bearer": []}], "#/paths/~1pets/get/security", id="own"),
    ],
)
def test_the_operations_own_security_stands_before_the_documents(
    tmp_path: Path, own: Any, top: Any, rule: str
) -> None:
    rules = SecurityRules(*written(tmp_path, own, top))
    assert not rules.is_open
    assert refusal(rules, sent("X-Key: a")) is None
    [violation] = unauthorized(rules, authorized("Bearer a")).violations
    assert violation.rule.endswith(f"pets.json{rule}")


Alternatives = tuple[dict[str, list[str]], ...]
KEY_OR_BEARER: Alternatives = ({"header": []}, {"bearer": []})
KEY_AND_BEARER: Alternatives = ({"header": [], "bearer": []},)
KEY_AND_COOKIE_OR_BEARER: Alternatives = ({"header": [], "cookie": []}, {"bearer": []})


@pytest.mark.parametrize(
    ("alternatives", "request_", "passes"),
    [
        pytest.param(KEY_OR_BEARER, sent("X-Key: a"), True, id="or, the first"),
        pytest.param(KEY_OR_BEARER, authorized("Bearer a"), True, id="or, the second"),
        pytest.param(KEY_OR_BEARER, sent(), False, id="or, none"),
        pytest.param(KEY_AND_BEARER, sent("X-Key: a"), False, id="and, the first"),
        pytest.param(KEY_AND_BEARER, authorized("Bearer a"), False, id="and, the second"),
        pytest.param(
            KEY_AND_BEARER, sent("X-Key: a", "Authorization: Bearer a"), True, id="and, both"
        ),
        pytest.param(
            KEY_AND_COOKIE_OR_BEARER, sent("Cookie: sid=a"), False, id="half of one alternative"
        ),
        pytest.param(
            ({"bearer": [], "basic": []},),
            sent("Authorization: Bearer a", f"Authorization: Basic {encoded('a:b')}"),
            True,
            id="two schemes of one header, sent twice",
        ),
        pytest.param(
            ({"bearer": [], "basic": []},),
            sent(f"Authorization: Basic {encoded('a:b')}", "Authorization: Bearer a"),
            True,
            id="two schemes of one header, the other way round",
        ),
        pytest.param(
            ({"oauth": [], "openid": []},), authorized("Bearer a"), True, id="one token for two"
        ),
        pytest.param(({"tls": [], "header": []},), sent(), False, id="a certificate and a key"),
        pytest.param(({"unknown": [], "header": []},), sent(), False, id="undeclared and a key"),
    ],
)
def test_one_alternative_has_to_be_met_and_all_of_it(
    compiled: Compile, alternatives: Alternatives, request_: Request, passes: bool
) -> None:
    assert (refusal(compiled(*alternatives), request_) is None) is passes


WRITE_OR_KEY: Alternatives = ({"oauth": ["pets.write"]}, {"header": []})


@pytest.mark.parametrize(
    ("alternatives", "request_", "fields"),
    [
        pytest.param(KEY_OR_BEARER, sent(), ["X-Key"], id="nothing sent: the first"),
        pytest.param(
            KEY_AND_COOKIE_OR_BEARER, sent(), ["Authorization"], id="nothing sent: what lacks least"
        ),
        pytest.param(KEY_AND_COOKIE_OR_BEARER, sent("X-Key: a"), ["sid"], id="what was begun with"),
        pytest.param(
            ({"header": []}, {"basic": []}),
            authorized("Basic a"),
            ["Authorization"],
            id="what was tried",
        ),
        pytest.param(
            ({"header": [], "cookie": [], "bearer": []}, {"query": []}),
            sent("Cookie: sid=a"),
            ["X-Key", "Authorization"],
            id="all that is lacking",
        ),
        pytest.param(
            ({"header": []}, {"oauth": ["pets.write"]}),
            authorized("Bearer mock:scope=pets.read"),
            ["Authorization"],
            id="scopes alone",
        ),
        pytest.param(
            ({"header": [], "cookie": []}, {"oauth": ["a"], "openid": ["b"]}),
            sent("X-Key: a", "Authorization: Bearer mock:scope=c"),
            ["Authorization", "Authorization"],
            id="scopes alone, though more of them",
        ),
    ],
)
def test_the_violations_are_those_of_the_alternative_that_came_nearest(
    compiled: Compile, alternatives: Alternatives, request_: Request, fields: list[str]
) -> None:
    problem = refusal(compiled(*alternatives), request_)
    assert problem
    assert [location[-1] for location in locations(problem)] == fields


def test_the_other_alternatives_are_told_too(compiled: Compile) -> None:
    rules = compiled({"header": []}, {"bearer": []}, {"oauth": []}, {"query": [], "cookie": []})
    assert unauthorized(rules, sent()).detail == (
        'the credentials for "header" are missing; expected the header "X-Key: <key>".'
        ' Or send the header "Authorization: Bearer <token>",'
        ' or the query parameter "api key=<key>" and the cookie "sid=<key>".'
    )


@pytest.mark.parametrize(
    ("alternatives", "expected"),
    [
        pytest.param(
            ({"bearer": []}, {"basic": []}, {"header": []}),
            ["Bearer", 'Basic realm="*"'],
            id="alternatives",
        ),
        pytest.param(({"oauth": [], "basic": []},), ["OAuth2", 'Basic realm="*"'], id="together"),
        pytest.param(({"bearer": []}, {"linked": []}), ["Bearer"], id="none twice"),
    ],
)
def test_there_is_a_challenge_for_each_scheme_that_has_one(
    compiled: Compile, alternatives: Alternatives, expected: list[str]
) -> None:
    assert challenges(unauthorized(compiled(*alternatives), sent())) == expected


@pytest.mark.parametrize(
    ("scheme", "scopes", "token", "missing"),
    [
        pytest.param("oauth", ["a"], "abc", [], id="a token without scopes has all"),
        pytest.param("oauth", ["a"], "mock:user=1", [], id="a token that names something else"),
        pytest.param("oauth", ["a"], "mock:scope=a", [], id="the one"),
        pytest.param("oauth", ["a", "b"], "mock:scope=b a c", [], id="spaces"),
        pytest.param("oauth", ["a", "b"], "mock:scope=b,a", [], id="commas"),
        pytest.param("oauth", ["a", "b"], "mock:scope=b+a", [], id="pluses"),
        pytest.param("oauth", ["a", "b"], "mock:scope=c, b + a", [], id="a mixture"),
        pytest.param("oauth", ["a"], "Mock:scope=b", ["a"], id="any case of mock"),
        pytest.param("oauth", ["a"], "mock:scopes=b", ["a"], id="plural"),
        pytest.param("oauth", ["a,b+c"], "mock:scope=d a,b+c", [], id="separators in a scope"),
        pytest.param("oauth", [], "mock:scope=a", [], id="no scope needed"),
        pytest.param("oauth", ["a", "b"], "mock:scope=a", ["b"], id="one missing"),
        pytest.param("oauth", ["a", "b"], "mock:scope=c", ["a", "b"], id="two missing"),
        pytest.param("oauth", ["a"], "mock:scope=", ["a"], id="a token that names none"),
        pytest.param("oauth", ["a"], "mock:scope=A", ["a"], id="scopes have case"),
        pytest.param("oauth", ["write:pets"], "mock:scope=pets", ["write:pets"], id="part of one"),
        pytest.param("oauth", ["pets"], "mock:scope=pets.all", ["pets"], id="more than one"),
        pytest.param("openid", ["a"], "mock:scope=b", ["a"], id="OpenID Connect"),
        pytest.param("bearer", ["a"], "mock:scope=b", ["a"], id="roles of a bearer token"),
    ],
)
def test_a_token_that_names_its_scopes_is_held_to_them(
    compiled: Compile, scheme: str, scopes: list[str], token: str, missing: list[str]
) -> None:
    problem = refusal(compiled({scheme: scopes}), authorized(f"Bearer {token}"))
    assert (problem is None) is (not missing)
    assert problem is None or isinstance(problem, Forbidden)
    assert all(f'"{scope}"' in problem.detail for scope in missing if problem)


def test_roles_are_not_asked_of_what_is_no_token(compiled: Compile) -> None:
    assert refusal(compiled({"header": ["admin"]}), sent("X-Key: mock:scope=user")) is None


def test_a_forbidden_client_is_told_which_scopes_it_needs(compiled: Compile) -> None:
    rules = compiled({"oauth": ["pets.read", "pets.write"]})
    problem = forbidden(rules, authorized("Bearer mock:scope=pets.read"))
    assert problem.detail == (
        'the credentials for "oauth" lack the scope "pets.write";'
        ' expected "Authorization: Bearer mock:scope=pets.read pets.write".'
    )
    assert locations(problem) == [HEADER]
    # RFC 6750, section 3.1.
    assert challenges(problem) == [
        'Bearer error="insufficient_scope", scope="pets.read pets.write"'
    ]


def test_a_scope_that_no_header_can_say_is_left_out_of_the_challenge(compiled: Compile) -> None:
    problem = forbidden(compiled({"oauth": ['"\r\nEvil: 1']}), authorized("Bearer mock:scope=a"))
    assert challenges(problem) == ['Bearer error="insufficient_scope"']


@pytest.mark.parametrize(
    ("alternatives", "request_", "kind"),
    [
        pytest.param(
            WRITE_OR_KEY, authorized("Bearer mock:scope=a"), Forbidden, id="scopes before a key"
        ),
        pytest.param(
            tuple(reversed(WRITE_OR_KEY)),
            authorized("Bearer mock:scope=a"),
            Forbidden,
            id="in any order",
        ),
        pytest.param(WRITE_OR_KEY, sent(), Unauthorized, id="nothing sent"),
        pytest.param(
            ({"oauth": ["pets.write"], "header": []},),
            authorized("Bearer mock:scope=a"),
            Unauthorized,
            id="a scope and a key missing",
        ),
        pytest.param(
            ({"oauth": ["pets.write"], "header": []},),
            sent("Authorization: Bearer mock:scope=a", "X-Key: a"),
            Forbidden,
            id="all there but a scope",
        ),
    ],
)
def test_only_credentials_that_are_all_there_are_forbidden(
    compiled: Compile, alternatives: Alternatives, request_: Request, kind: type
) -> None:
    assert type(refusal(compiled(*alternatives), request_)) is kind


def test_of_two_tokens_that_reach_too_short_the_one_that_lacks_less_is_told(
    compiled: Compile,
) -> None:
    rules = compiled({"oauth": ["a", "b"]}, {"oauth": ["c"]})
    assert '"c"' in forbidden(rules, authorized("Bearer mock:scope=d")).detail


@pytest.mark.parametrize(
    ("scheme", "words"),
    [
        ("Bearer", 'is not declared in components/securitySchemes; did you mean "bearer"?'),
        ("zzz", "is not declared in components/securitySchemes"),
        (
            "typo",
            'has the type "basic"; expected apiKey, http, mutualTLS, oauth2 or openIdConnect',
        ),
        ("listed", "has no type; expected apiKey, http, mutualTLS, oauth2 or openIdConnect"),
        ("nowhere", "has no in; expected header, query or cookie"),
        ("in body", 'has the in "body"; expected header, query or cookie'),
        ("nameless", "has no name; expected that of the query with the key"),
        ("unsendable", 'has the name "X Key", which no header can have'),
        ("schemeless", "has no scheme; expected basic, bearer or another name of a scheme"),
        (
            "worded",
            'has the scheme "Bearer token"; expected basic, bearer or another name of a scheme',
        ),
    ],
)
def test_a_scheme_that_cannot_be_judged_is_a_fault_and_asks_for_nothing(
    compiled: Compile, scheme: str, words: str
) -> None:
    rules = compiled({scheme: []}, {scheme: [], "header": []})
    assert rules.faults == [f'the security scheme "{scheme}" {words}']
    assert rules.is_open


def test_schemes_that_can_be_judged_are_no_faults(compiled: Compile) -> None:
    sound = list(SCHEMES)[: list(SCHEMES).index("typo")]
    assert compiled(*({name: []} for name in sound)).faults == []


@pytest.mark.parametrize(
    "credentials",
    [
        pytest.param(SECRET, id="alone"),
        pytest.param(f"{SECRET} abc", id="as a scheme"),
        pytest.param(f"Basic {SECRET}", id="no base64"),
        pytest.param(f"Basic {encoded(SECRET)}", id="no colon"),
        pytest.param(f"Digest {SECRET} {SECRET}", id="no parts"),
        pytest.param(f"Bearer mock:scope={SECRET}", id="scopes"),
    ],
)
def test_what_the_client_sent_is_never_told(compiled: Compile, credentials: str) -> None:
    rules = compiled({"basic": []}, {"digest": []}, {"oauth": ["a"], "cookie": []})
    request = sent(f"Authorization: {credentials}", f"X-Key: {SECRET}", query=f"k={SECRET}")
    problem = refusal(rules, request)
    assert problem
    told = json.dumps([problem.detail, problem.headers, [v.as_json() for v in problem.violations]])
    assert SECRET not in told
    assert encoded(SECRET) not in told


ALL: dict[str, Any] = {name: ["a"] for name in SCHEMES}
words = st.sampled_from(
    [
        "Basic ",
        "bearer ",
        "Digest ",
        "mock:scope=",
        ",",
        " ",
        "=",
        '"',
        "\\",
        "a",
        "YTpi",
        "ü",
        "\t",
    ]
)
hostile = st.lists(words).map("".join) | st.text(st.characters(max_codepoint=255))


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> SecurityRules:
    """Rules that ask for credentials of every scheme at once."""
    return SecurityRules(*written(tmp_path_factory.mktemp("all"), [ALL]))


@given(authorization=hostile, cookie=hostile, query=hostile)
def test_whatever_is_sent_is_judged(
    everything: SecurityRules, authorization: str, cookie: str, query: str
) -> None:
    headers = [(b"authorization", authorization), (b"cookie", cookie)]
    raw = [(name, text.encode("latin-1")) for name, text in headers]
    problem = unauthorized(everything, Request("GET", "/pets", query, header_map(raw), b""))
    assert ("request", "header", "X-Key") in locations(problem)


@pytest.mark.parametrize("piece", [", ", "Basic ", ",Basic\t\t", 'a="', "a=", "\\", " "])
def test_long_credentials_cost_no_more_than_their_length(compiled: Compile, piece: str) -> None:
    rules = compiled({"basic": []}, {"digest": []}, {"hoba": [], "oauth": ["a"]})
    assert is_linear(
        lambda n: authorized(f"Digest {piece * n}"), lambda request: refusal(rules, request), 300
    )
