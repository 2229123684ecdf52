"""Write docs/support.md: python -m tests.support."""

from tests.support.page import PATH, page

PATH.parent.mkdir(exist_ok=True)
PATH.write_text(page(), encoding="utf-8")
