"""The window of a request: which of a list's items it shows."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

# No page has more items than this, even if a request asks for more.
MOST_ITEMS = 1_000
# The number of pages of a list, and of items of a page, if nothing limits them.
PAGES = 3
USUAL_ITEMS = 3


@dataclass(frozen=True, slots=True)
class SizeRange:
    """How many items a page may have: `minItems` and `maxItems` of the list."""

    low: int = 0
    high: int = MOST_ITEMS

    def clamped(self, size: int) -> int:
        """Return the nearest size that is allowed."""
        return max(self.low, min(size, self.high, MOST_ITEMS))


def total_of(size: int, allowed: SizeRange) -> int:
    """Return how many items a list has: three pages of a size, the last about half full."""
    last = max((size + 1) // 2, min(size, allowed.low))
    return (PAGES - 1) * size + last


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    `first` is the index of its first item, `count` how many it has, `size` how many a page has and
    `total` the list. `backward` says that the client goes towards the beginning; `goes_on` that
    there is another page although all items were on this one.
    """

    size: int
    first: int
    count: int
    total: int
    backward: bool = False
    goes_on: bool = False

    @property
    def end(self) -> int:
        """The index of the first item behind it."""
        return self.first + self.count

    @property
    def has_next(self) -> bool:
        """Whether there is a page behind it."""
        return self.count > 0 and (self.end < self.total or self.goes_on)

    @property
    def has_previous(self) -> bool:
        """Whether there is a page before it."""
        return self.first > 0 and self.size > 0

    @property
    def has_more(self) -> bool:
        """Whether there is more the way that the client goes."""
        return self.has_previous if self.backward else self.has_next

    @property
    def number(self) -> int:
        """Its number; that of the first page is 0."""
        return self.first // self.size if self.size else 0

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return ceil(self.total / self.size) if self.size else 0

    @property
    def previous(self) -> int:
        """The index of the first item of the page before it."""
        return max(0, min(self.first, self.total) - self.size)

    @property
    def last(self) -> int:
        """The index of the first item of the last page."""
        return max(0, self.pages - 1) * self.size


def page_at(first: int, size: int, total: int, allowed: SizeRange) -> Page:
    """Return the page that begins with an item; past the end, an empty one if allowed."""
    if first >= total and allowed.low:
        first = max(0, total - size)
    return Page(size, first, max(0, min(size, total - first)), total)


def page_before(end: int, size: int, total: int, allowed: SizeRange) -> Page:
    """Return the page that ends before an item."""
    end = min(end, total)
    first = max(0, end - size)
    count = max(end - first, min(allowed.low, total))
    return Page(size, first, count, total, backward=True)
