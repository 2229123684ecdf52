"""The names by which documents call the parameters and the members of their pages.

Each name is in snake_case, as `plain` gives it: `pageSize`, `page-size` and `page[size]` are all
`page_size`.
"""

from __future__ import annotations

from enum import Enum


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Use(Enum):
    """The use of a parameter: what it states about the page that is asked for."""

    SIZE = "size"
    NUMBER = "page"
    OFFSET = "offset"
    AFTER = "after"
    BEFORE = "before"


SIZES = _names(
    "limit per_page perpage page_size pagesize page_limit page_length pagelen size take top first"
    " max_results maxresults max_items max_page_size max_keys items_per_page results_per_page"
    " records_per_page hits_per_page rows page_count_limit"
)
NUMBERS = _names(
    "page page_number pagenumber page_no pageno page_num page_index pageindex current_page"
)
OFFSETS = _names(
    "offset skip start start_index startindex start_at start_position first_result from page_offset"
)
CURSORS = _names(
    "cursor page_cursor start_cursor next_cursor page_token pagetoken next_page_token next_token"
    " continuation_token continuation continue pagination_token starting_after start_after after"
    " after_id page_after search_after marker page_marker next_marker scroll_id bookmark skip_token"
    " skiptoken position next token page_state offset_id after_cursor next_page"
)
BACKWARD = _names(
    "before before_id ending_before end_before page_before previous_cursor prev_cursor"
    " previous_token prev_token before_cursor"
)
# These mean a page only if something else names pages, too.
AMBIGUOUS = _names(
    "after before start from next token position first top size take continue from rows next_page"
)

TOTALS = _names(
    "total total_count total_items total_results total_elements total_records total_size"
    " total_entries total_rows total_hits count_total totalcount full_count num_found nb_hits"
    " result_total found total_found total_objects total_matches matches_total"
)
# Of the page or of the whole list: that depends on what stands beside them.
COUNTS = _names("count results_count result_count num_results length")
PAGE_COUNTS = _names(
    "number_of_elements items_count item_count num_items current_item_count page_items returned"
    " results_on_page count_on_page"
)
TOTAL_PAGES = _names(
    "total_pages page_count num_pages last_page pages pages_count nb_pages number_of_pages"
    " total_page_count page_total max_page totalpages last_page_number"
)
REMAINING = _names("remaining remaining_items remaining_count remaining_item_count")
NEXT_OFFSETS = _names("next_offset next_skip next_start next_page_offset next_start_index")
PREVIOUS_OFFSETS = _names("previous_offset prev_offset prev_skip previous_start")
MORE = _names(
    "has_more has_next has_next_page more has_more_items has_more_results has_more_pages"
    " is_truncated more_results more_available has_additional_pages"
)
NOT_FIRST = _names("has_previous has_prev has_previous_page has_prev_page")
IS_LAST = _names("last is_last is_last_page last_page end_of_list end_of_results exhausted done")
IS_FIRST = _names("first is_first is_first_page first_page")
IS_EMPTY = _names("empty is_empty")
LAST_IDS = _names("last_id")
FIRST_IDS = _names("first_id")

# Objects that describe the page: what is in them is read as if it stood beside the list.
CONTAINERS = _names(
    "meta metadata page_meta list_meta list_metadata pagination pagination_info paging page pages"
    " page_info page_metadata paginator pageable links cursors cursor response_metadata navigation"
    " result_info search_metadata pagination_metadata result_set"
)
LINK_CONTAINERS = _names("links link navigation")
# Objects around a list; the members of other objects are no lists of the operation.
WRAPPERS = _names(
    "data result results response payload embedded body content collection list items page records"
    " output value"
)
LISTS = _names(
    "data items results records entries values value content list elements objects nodes edges hits"
    " rows resources result points documents members contents collection entities"
)
# Lists beside the one that is asked for.
OTHER_LISTS = _names(
    "errors warnings messages included facets aggregations links link sort filters tags notices"
)

RELATIONS = {
    "next": "next",
    "nextpage": "next",
    "prev": "previous",
    "previous": "previous",
    "first": "first",
    "last": "last",
    "self": "self",
}
LINK_WORDS = _names("url uri link href path")
TOKEN_WORDS = _names(
    "cursor token marker key after before id offset continuation bookmark page state position"
    " starting_after"
)
# Tokens that lead to the next page although their names have no word such as `next`.
BARE_TOKENS = _names(
    "cursor page_token continuation continuation_token continue marker scroll_id bookmark"
    " paging_token pagination_token end_cursor after next_marker page_state skip_token"
)
BARE_BACK_TOKENS = _names("start_cursor before")
SELF_LINKS = _names("url uri href")
