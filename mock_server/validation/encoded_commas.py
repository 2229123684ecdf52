"""Encoded commas in what has several members in one text: data, or what separates them.

By RFC 6570, section 3.2.1, `%2C` is data. Clients that build the whole text first and encode it
then write one between the members of a list or object with `explode: false`. So it separates if
the value breaks the schema with it as data, and fits without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from mock_server.contract import Parameter
from mock_server.parameters import ParameterShape, PathDecoder, Query

_ENCODED_COMMA = re.compile("%2c", re.IGNORECASE)


class Separation:
    """Reads the parameters of a query, or of cookies, once more with commas that separate."""

    def __init__(self, parameters: Iterable[Parameter], decode: Callable[[str], Query]) -> None:
        self._parameters = [p for p in parameters if _has_members(p)]
        self._decode = decode

    def __call__(self, sent: Query, text: str) -> None:
        """Put the values of those in place that fit so alone."""
        if not self._parameters or not _ENCODED_COMMA.search(text):
            return
        separated = self._decode(text)
        for parameter in self._parameters:
            name = parameter.name
            if not _has_fitting(sent, parameter) and _has_fitting(separated, parameter):
                sent.values[name] = separated.values[name]
                sent.errors.pop(name, None)


class PathReader:
    """Reads the text of one path parameter."""

    def __init__(self, parameter: Parameter, shape: ParameterShape) -> None:
        self.parameter = parameter
        self._decode = PathDecoder(shape).decode
        has_members = _has_members(parameter)
        self._separated = PathDecoder(shape, encoded_commas=True).decode if has_members else None

    def value(self, text: str) -> Any:
        """The value of a text, still percent-encoded. Raises ValueError."""
        if self._separated is not None and _ENCODED_COMMA.search(text):
            for decode in (self._decode, self._separated):
                try:
                    value = decode(text)
                except ValueError:
                    continue
                if _fits(self.parameter, value):
                    return value
        return self._decode(text)


def _has_members(parameter: Parameter) -> bool:
    """Whether several members of its value may stand in one text."""
    shape = parameter.shape
    is_joined = not shape.explode and not shape.media_type and shape.style in ("form", "simple")
    return is_joined and not shape.types.names.isdisjoint(("array", "object"))


def _has_fitting(read: Query, parameter: Parameter) -> bool:
    return parameter.name in read.values and _fits(parameter, read.values[parameter.name])


def _fits(parameter: Parameter, value: Any) -> bool:
    return parameter.schema is None or parameter.schema.is_valid(value)
