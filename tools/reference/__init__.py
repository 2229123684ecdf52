"""The pages of docs/reference that are made from the tables which the program itself uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tools.reference import commands, control, generated, problems, settings

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
PAGES: Mapping[Path, Callable[[], str]] = {
    FOLDER / "settings.md": settings.page,
    FOLDER / "command-line.md": commands.page,
    FOLDER / "control-api.md": control.page,
    FOLDER / "problem-types.md": problems.page,
    FOLDER / "generated-values.md": generated.page,
}
