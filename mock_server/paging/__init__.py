"""Paging: how an operation pages its lists, and the page that a request asks for.

`paged_list` finds this out once, from the parameters and the schema (or an example) of the reply.
`PagedList.page` is the page that a request asks for. A `PageReply` puts the items of a page, and
all that describes them, into a body and its headers.
"""

from mock_server.paging.layout import PageMember, layout_of
from mock_server.paging.links import address_of
from mock_server.paging.paged_list import (
    PagedList,
    Sent,
    paged_list,
    paging_of,
    paging_style,
    value_at,
    whole_list,
)
from mock_server.paging.places import SchemaPlace, ValuePlace, schema_place
from mock_server.paging.reply import PageReply
from mock_server.paging.window import Page, SizeRange, total_of

__all__ = [
    "Page",
    "PageMember",
    "PageReply",
    "PagedList",
    "SchemaPlace",
    "Sent",
    "SizeRange",
    "ValuePlace",
    "address_of",
    "layout_of",
    "paged_list",
    "paging_of",
    "paging_style",
    "schema_place",
    "total_of",
    "value_at",
    "whole_list",
]
