"""Write the pages of docs/reference that are made from tables: python -m tests.support."""

from tests.support.page import PATH, page
from tests.support.reference import FOLDER, PAGES

FOLDER.mkdir(exist_ok=True)
PATH.write_text(page(), encoding="utf-8")
for name, text in PAGES.items():
    (FOLDER / name).write_text(text(), encoding="utf-8")
