"""What we rely on in classes of Connexion and uvicorn that we extend, or whose insides we use.

A release that changes one of these fails here, by name, before it fails anywhere else. The upper
bounds in pyproject.toml are the last releases that passed.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httptools
import pytest
import uvicorn
from connexion.middleware import ConnexionMiddleware, SpecMiddleware
from connexion.middleware.main import API
from connexion.middleware.swagger_ui import SwaggerUIMiddleware
from connexion.operations import OpenAPIOperation
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolution, Resolver
from connexion.spec import OpenAPISpecification
from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from mock_server.gateway import connexion_app
from mock_server.server import cycle, protocol, uvicorn_server

ROOT = Path(__file__).parent.parent
DEPENDENCIES = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]


def parameters(function: Callable[..., Any]) -> dict[str, Any]:
    return dict(inspect.signature(function).parameters)


def source_of(function: Any) -> str:
    return inspect.getsource(function)


# What is extended


@pytest.mark.parametrize(
    ("module", "bases"),
    [
        (
            connexion_app,
            {
                "ContractSpecification": ["OpenAPISpecification"],
                "HandlerResolver": ["Resolver"],
                "ContractMiddleware": ["Gateway", "SpecMiddleware"],
                "Application": ["ConnexionMiddleware"],
            },
        ),
        (
            uvicorn_server,
            {"_Uvicorn": ["uvicorn.Server"]},
        ),
        (
            protocol,
            {
                "_Refused": ["Exception"],
                "_Flow": ["FlowControl"],
                "Protocol": ["HttpToolsProtocol"],
            },
        ),
        (cycle, {"Cycle": ["RequestResponseCycle"]}),
    ],
    ids=["Connexion", "uvicorn's server", "its protocol", "its cycle"],
)
def test_no_other_class_is_extended(module: Any, bases: dict[str, list[str]]) -> None:
    tree = ast.parse(inspect.getsource(module))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.bases]
    assert {node.name: [ast.unparse(base) for base in node.bases] for node in classes} == bases


@pytest.mark.parametrize("library", ["connexion", "uvicorn"])
def test_what_we_extend_has_an_upper_bound(library: str) -> None:
    (needed,) = [need for need in DEPENDENCIES if re.match(rf"{library}\b", need)]
    assert re.search(r",<\d+\.\d+$", needed)


# Connexion


@pytest.mark.parametrize("name", ["middlewares", "swagger_ui_options", "resolver"])
def test_connexion_s_middleware_takes_what_we_give_it(name: str) -> None:
    taken = parameters(ConnexionMiddleware.__init__)
    assert list(taken)[:2] == ["self", "app"]
    assert taken[name].kind is inspect.Parameter.KEYWORD_ONLY


def test_connexion_s_middleware_is_put_together_from_its_apis() -> None:
    async def app(*_: Any) -> None: ...

    made = ConnexionMiddleware(app, middlewares=[], resolver=Resolver())
    assert (made.app, made.middleware_stack, made.apis) == (app, None, [])
    assert isinstance(made.options.__dict__["resolver"], Resolver)
    assert made._build_middleware_stack() == (app, [app])


def test_connexion_hands_an_api_on_to_each_middleware_that_has_a_specification() -> None:
    given = []

    class Middleware(SpecMiddleware):  # type: ignore[misc]
        def __init__(self, app: Any) -> None: ...

        def add_api(self, specification: Any, **options: Any) -> None:
            given.append((specification, options))

        async def __call__(self, *_: Any) -> None: ...

    class Specification:
        base_path = ""

    made = ConnexionMiddleware(Middleware(None), middlewares=[Middleware])
    specification = Specification()
    made.apis.append(API(specification, base_path="", resolver="a resolver"))
    made._build_middleware_stack()
    assert given == [(specification, {"base_path": "", "resolver": "a resolver"})] * 2


def test_connexion_s_specification_keeps_its_document_under_the_names_that_we_set() -> None:
    source = source_of(OpenAPISpecification.__mro__[1].__init__)
    kept = set(re.findall(r"self\.(_\w+) = ", source))
    assert kept - {"_base_uri"} == {"_raw_spec", "_spec"}  # 3.1 has no address of its base
    assert OpenAPISpecification.operation_cls is OpenAPIOperation


@pytest.mark.parametrize(
    "name", ["version", "security_schemes", "components", "base_path", "security"]
)
def test_connexion_s_specification_has_the_properties_that_we_replace(name: str) -> None:
    assert isinstance(inspect.getattr_static(OpenAPISpecification, name), property)


@pytest.mark.parametrize(
    ("name", "taken"),
    [("get_operation", ["self", "path", "method"]), ("get_path_params", ["self", "path"])],
)
def test_connexion_s_specification_has_the_methods_that_we_replace(
    name: str, taken: list[str]
) -> None:
    assert list(parameters(getattr(OpenAPISpecification, name))) == taken


def test_connexion_asks_the_resolver_for_the_function_of_an_operation() -> None:
    class Asked(Resolver):  # type: ignore[misc]
        def resolve(self, operation: Any) -> Resolution:
            return Resolution(f"handler of {operation.operation_id}", operation.operation_id)

    class Specification:
        security = None
        security_schemes: Any = {}  # noqa: RUF012
        components: Any = {}  # noqa: RUF012

        def get_operation(self, path: str, method: str) -> dict[str, Any]:
            return {"operationId": f"{method} {path}", "responses": {}, "parameters": []}

        def get_path_params(self, path: str) -> tuple[()]:
            return ()

    bound = OpenAPIOperation.from_spec(Specification(), path="/a", method="get", resolver=Asked())
    assert (bound.function, bound.operation_id) == ("handler of get /a", "get /a")


def test_connexion_s_swagger_ui_takes_the_options_that_we_give_it() -> None:
    names = {
        "serve_spec", "spec_path", "swagger_ui_path", "swagger_ui_template_dir",
        "swagger_ui_template_arguments",
    }  # fmt: skip
    assert names <= set(parameters(SwaggerUIOptions))
    assert issubclass(SwaggerUIMiddleware, SpecMiddleware)


# uvicorn


def test_uvicorn_s_configuration_takes_what_we_give_it() -> None:
    calls = [
        node
        for node in ast.walk(ast.parse(inspect.getsource(uvicorn_server)))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "uvicorn.Config"
    ]
    given = [keyword.arg for call in calls for keyword in call.keywords]
    assert given
    assert set(given) <= set(parameters(uvicorn.Config))


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("__init__", ["self", "config"]),
        ("serve", ["self", "sockets"]),
        ("startup", ["self", "sockets"]),
        ("shutdown", ["self", "sockets"]),
        ("capture_signals", ["self"]),
        ("handle_exit", ["self", "sig", "frame"]),
    ],
)
def test_uvicorn_s_server_has_the_methods_that_we_replace_or_call(
    name: str, taken: list[str]
) -> None:
    assert list(parameters(getattr(uvicorn.Server, name))) == taken


def test_uvicorn_s_server_serves_between_the_steps_that_we_replace() -> None:
    source = source_of(uvicorn.Server)
    for step in ("with self.capture_signals()", "await self.startup(", "await self.shutdown("):
        assert step in source
    server = uvicorn.Server(uvicorn.Config(lambda: None, log_config=None))
    assert (server.started, server.should_exit) == (False, False)


PROTOCOL = {
    "connection_made": ["transport"],
    "connection_lost": ["exc"],
    "data_received": ["data"],
    "eof_received": [],
    "pause_writing": [],
    "resume_writing": [],
    "shutdown": [],
    # What the parser calls.
    "on_message_begin": [],
    "on_url": ["url"],
    "on_header": ["name", "value"],
    "on_headers_complete": [],
    "on_body": ["body"],
    "on_message_complete": [],
    # What its parts call.
    "on_response_complete": [],
    "_unsupported_upgrade_warning": [],
}
# What asyncio calls, and what we don't replace; no other method of uvicorn's is left to it.
NOT_CALLED = {
    "_start_asgi_task",
    "send_400_response",
    "handle_websocket_upgrade",
    "timeout_keep_alive_handler",
    "_get_upgrade",
    "_should_upgrade",
    "_should_upgrade_to_ws",
    "_unset_keepalive_if_required",
}


@pytest.mark.parametrize(("name", "taken"), PROTOCOL.items(), ids=PROTOCOL)
def test_uvicorn_s_protocol_has_the_methods_that_we_replace_or_call(
    name: str, taken: list[str]
) -> None:
    assert list(parameters(getattr(HttpToolsProtocol, name))) == ["self", *taken]


def test_uvicorn_s_protocol_has_no_method_that_we_don_t_know() -> None:
    methods = {name for name, member in vars(HttpToolsProtocol).items() if callable(member)}
    assert methods - {"__init__"} <= PROTOCOL.keys() | NOT_CALLED


def test_uvicorn_s_protocol_has_the_attributes_that_we_use() -> None:
    loop = asyncio.new_event_loop()
    config = uvicorn.Config(lambda: None, log_config=None, lifespan="off", ws="none")
    protocol = HttpToolsProtocol(config, ServerState(), {}, loop)
    loop.close()
    assert protocol.logger.name == "uvicorn.error"
    assert isinstance(protocol.parser, httptools.HttpRequestParser)
    assert [protocol.cycle, protocol.scope, protocol.flow, protocol.server] == [None] * 4
    assert [protocol.client, protocol.scheme, protocol.headers] == [None] * 3
    assert [*protocol.pipeline, *protocol.tasks, *protocol.connections] == []
    assert (protocol.root_path, protocol.app_state, protocol.app) == ("", {}, config.loaded_app)
    assert protocol.loop is loop
    state = protocol.server_state
    assert (state.default_headers, state.total_requests) == ([], 0)


def test_uvicorn_s_scope_has_what_ours_has_beside_the_extensions() -> None:
    own = source_of(HttpToolsProtocol.on_message_begin)
    named = set(re.findall(r'^ +"(\w+)": ', own, re.MULTILINE))
    ours = source_of(protocol.Protocol.on_message_begin)
    assert named | {"extensions"} == set(re.findall(r'^ +"(\w+)": ', ours, re.MULTILINE))
    placed = set(re.findall(r'scope\["(\w+)"\]', source_of(HttpToolsProtocol.on_headers_complete)))
    assert placed == set(re.findall(r'scope\["(\w+)"\]', source_of(protocol.Protocol._place)))


def test_uvicorn_s_flow_control_has_what_we_use() -> None:
    for name in ("pause_reading", "resume_reading", "pause_writing", "resume_writing", "drain"):
        assert list(parameters(getattr(FlowControl, name))) == ["self"]
    assert {"read_paused", "write_paused"} <= set(
        re.findall(r"self\.(\w+) = ", source_of(FlowControl.__init__))
    )


def test_uvicorn_s_cycle_has_no_attribute_that_ours_lacks() -> None:
    own = set(re.findall(r"self\.(\w+)(?:: [^=]+)? = ", source_of(RequestResponseCycle.__init__)))
    ours = set(re.findall(r"self\.(\w+) = ", source_of(cycle.Cycle.__init__)))
    # The two that are left out are for uvicorn's log of accesses, which is off.
    assert own - ours - set(vars(cycle.Cycle)) == {"access_logger"}


@pytest.mark.parametrize("name", ["run_asgi", "send_500_response", "send", "receive"])
def test_uvicorn_s_cycle_runs_an_application_and_no_more(name: str) -> None:
    methods = {name for name, member in vars(RequestResponseCycle).items() if callable(member)}
    assert name in methods
    assert methods == {"__init__", "run_asgi", "send_500_response", "send", "receive"}


def test_uvicorn_has_the_status_lines_that_we_use() -> None:
    assert httptools_impl.STATUS_LINE[404] == b"HTTP/1.1 404 Not Found\r\n"
