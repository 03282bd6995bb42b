"""docs/frameworks.md says what the catalog says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_tables_are_those_of_the_catalog() -> None:
    script = ROOT / "scripts" / "framework_tables.py"
    spec = importlib.util.spec_from_file_location("framework_tables", script)
    assert spec is not None
    assert spec.loader is not None
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    page = (ROOT / "docs" / "frameworks.md").read_text("utf-8")
    assert "| yes from 8.0 |" in page
    assert tables.written(page) == page, "run .venv/bin/python scripts/framework_tables.py"
