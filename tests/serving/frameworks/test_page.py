"""docs/frameworks.md says what the catalog says."""

from __future__ import annotations

from scripts.framework_tables import PAGE, TABLES
from scripts.markdown_tables import written


def test_the_tables_are_those_of_the_catalog() -> None:
    page = PAGE.read_text("utf-8")
    assert "| yes from 8.0 |" in page
    assert written(page, TABLES) == page, "run .venv/bin/python -m scripts.framework_tables"
