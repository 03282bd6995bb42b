"""docs/managed.md says what the catalog says."""

from __future__ import annotations

from scripts.managed_tables import PAGE, TABLES
from scripts.markdown_tables import written


def test_the_tables_are_those_of_the_catalog() -> None:
    page = PAGE.read_text("utf-8")
    assert "| payload | Vertex AI endpoint | a request up to 10 MB |" in page
    assert written(page, TABLES) == page, "run .venv/bin/python -m scripts.managed_tables"
