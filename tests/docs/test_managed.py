"""docs/managed.md says what the catalog says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_tables_are_those_of_the_catalog() -> None:
    script = ROOT / "scripts" / "managed_tables.py"
    spec = importlib.util.spec_from_file_location("managed_tables", script)
    assert spec is not None
    assert spec.loader is not None
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    page = (ROOT / "docs" / "managed.md").read_text("utf-8")
    assert "| payload | Vertex AI endpoint | a request up to 10 MB |" in page
    assert tables.written(page) == page, "run .venv/bin/python scripts/managed_tables.py"
