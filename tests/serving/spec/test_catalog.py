"""Every fact has a source and a date, and the tables agree with each other."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, get_args

from llmdeploy.serving.catalog.frameworks import framework_facts, quantization_support
from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.catalog.regions import cloud_regions, gpus_offered
from llmdeploy.serving.catalog.table import DATA, read_row, read_table, row_names
from llmdeploy.serving.spec.framework import FrameworkName
from llmdeploy.serving.spec.quantization import QuantizationMethod, WeightFormat


def rows_of(table: Any) -> Iterator[dict[str, Any]]:
    rows = table if isinstance(table, list) else table.values()
    for row in rows:
        if "source" in row:
            yield row
        else:
            yield from rows_of(row)


def sources_of(table: str) -> dict[str, Any]:
    """Sources that rows of a table name in a word."""
    found = read_table(table)
    return found.get("sources", {}) if isinstance(found, dict) else {}


def test_every_row_says_where_it_is_from_and_when_it_was_checked() -> None:
    for file in DATA.glob("*.yaml"):
        rows = list(rows_of(read_table(file.stem)))
        assert len(rows) > 4
        for row in rows:
            told = sources_of(file.stem).get(row["source"], row)
            assert told["source"]
            assert isinstance(told["checked"], datetime.date)


def test_a_row_on_its_own_says_what_it_says_in_its_table() -> None:
    rows = read_table("models")
    assert row_names("models") == tuple(rows)
    assert {name: read_row("models", name) for name in rows} == rows


def test_frameworks_are_those_that_a_spec_can_name() -> None:
    assert {*read_table("frameworks"), "custom"} == set(get_args(FrameworkName))
    for name in read_table("frameworks"):
        facts = framework_facts(name)
        assert facts.version in facts.versions


def test_quantization_rows_use_the_words_of_the_spec() -> None:
    for name in read_table("frameworks"):
        for row in quantization_support(name):
            assert row.weights in get_args(WeightFormat)
            assert row.method in get_args(QuantizationMethod)
            assert set(row.not_on) <= set(gpus())


def test_regions_offer_only_gpus_that_their_cloud_has() -> None:
    for provider in ("aws", "gcp"):
        for location in cloud_regions(provider):
            for name in gpus_offered(f"{provider}/{location}") or ():
                assert provider in gpus()[name].providers
