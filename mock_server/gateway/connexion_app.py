"""Connexion: the contract as its specification, handlers by its resolver, one middleware of ours.

Connexion binds at start; a request meets our middleware alone. The docs page behind it is
Connexion's Swagger UI.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # Connexion 3.3 imports Starlette's test client, which warns about httpx.
    warnings.simplefilter("ignore")
    from connexion.middleware import ConnexionMiddleware, SpecMiddleware
    from connexion.middleware.main import API
    from connexion.middleware.swagger_ui import SwaggerUIMiddleware
    from connexion.operations import OpenAPIOperation
    from connexion.options import SwaggerUIOptions
    from connexion.resolver import Resolution, Resolver
    from connexion.spec import OpenAPISpecification
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import Mount, Router
from starlette.staticfiles import StaticFiles

from mock_server.contract import Contract, Operation
from mock_server.gateway.gateway import DOCS, DOCS_ASSETS, App, Gateway
from mock_server.mocking import Responder
from mock_server.project import Handler

Respond = Callable[[Operation, Handler | None], Responder]


class ContractSpecification(OpenAPISpecification):  # type: ignore[misc]
    """The contract as Connexion's specification: the document as it is, of any 3.x version.

    The document was checked when it was read, and the contract follows its references.
    """

    base_path = ""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._raw_spec = self._spec = contract.documents.root.data
        self._base_uri = contract.documents.root.uri
        self._ids = {(o.path, o.method): o.id for o in contract.operations}

    @property
    def version(self) -> tuple[int, ...]:
        """Return the version of OpenAPI as numbers."""
        return tuple(int(part) for part in self.contract.version.split("-")[0].split("."))

    def get_operation(self, path: str, method: str) -> dict[str, Any]:
        """Return what Connexion needs to bind: our id, so that two operations never share one."""
        return {"operationId": self._ids[path, method], "responses": {}, "parameters": []}

    def get_path_params(self, path: str) -> Sequence[Any]:
        """Return no parameters: the contract has joined them to each operation already."""
        return ()

    @property
    def security_schemes(self) -> Mapping[str, Any]:
        """Return the declared schemes, with references followed."""
        return self.contract.security_schemes

    @property
    def components(self) -> Mapping[str, Any]:
        """Return the components as they stand in the document."""
        found = self._spec.get("components")
        return found if isinstance(found, dict) else {}


class HandlerResolver(Resolver):  # type: ignore[misc]
    """A resolver that binds each operation to its handler by operationId, or to none."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        super().__init__()
        self._handlers = handlers

    def resolve(self, operation: OpenAPIOperation) -> Resolution:
        """Return the handler of an operation; None if there is none of its id."""
        operation_id = operation.operation_id
        return Resolution(self._handlers.get(operation_id), operation_id)


class ContractMiddleware(Gateway, SpecMiddleware):  # type: ignore[misc]
    """Our gateway in Connexion's row of middlewares, the only one in a request's way."""

    def __init__(self, app: App, *, respond: Respond, **gateway: Any) -> None:
        super().__init__(app, **gateway)
        self._respond = respond

    def add_api(
        self, specification: ContractSpecification, *, resolver: HandlerResolver, **_: Any
    ) -> None:
        """Bind each operation to its handler through Connexion, and serve it."""
        for operation in specification.contract.operations:
            bound = specification.operation_cls.from_spec(
                specification,
                path=operation.path,
                method=operation.method,
                resolver=resolver,
            )
            self.serve(self._respond(operation, bound.function))


class Application(ConnexionMiddleware):  # type: ignore[misc]
    """Connexion's application of one contract."""

    def __init__(
        self,
        contract: Contract,
        handlers: Mapping[str, Handler],
        respond: Respond,
        **gateway: Any,
    ) -> None:
        assets = StaticFiles(packages=[("swagger_ui", "static")])
        super().__init__(
            Router([Mount(DOCS_ASSETS, assets)]),
            middlewares=[
                partial(ContractMiddleware, contract=contract, respond=respond, **gateway),
                ExceptionMiddleware,  # what isn't among the assets is a 404
                SwaggerUIMiddleware,
            ],
            swagger_ui_options=SwaggerUIOptions(
                serve_spec=False,
                spec_path="/openapi.json",
                swagger_ui_path=DOCS,
                swagger_ui_template_dir=str(Path(__file__).parent / "docs_page"),
                swagger_ui_template_arguments={"assets": DOCS_ASSETS, "title": contract.title},
            ),
            resolver=HandlerResolver(handlers),
        )
        # ConnexionMiddleware.add_api would make a specification of Connexion's own.
        specification = ContractSpecification(contract)
        self.apis.append(API(specification, base_path="", **self.options.__dict__))
        self.app, self.middleware_stack = self._build_middleware_stack()
