"""Write the generated pages of docs/reference: python -m tools.reference."""

from tools.reference import FOLDER, PAGES

FOLDER.mkdir(exist_ok=True)
for path, page in PAGES.items():
    path.write_text(page(), encoding="utf-8")
