"""`llmdeploy catalog`: tables that fit 80 columns, filters, JSON with sources, and help for each."""

from __future__ import annotations

import json

import click
import pytest

from llmdeploy.cli.commands.catalog import catalog

TABLES = ["gpus", "instances", "models", "frameworks", "prices", "managed", "api"]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_fits_80_columns_and_its_json_has_every_row(name, terminal):
    outcome = terminal.run(f"llmdeploy catalog {name}")
    assert (outcome.code, outcome.stderr) == (0, "")
    lines = outcome.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    rows = json.loads(terminal.run(f"llmdeploy catalog {name} --json").stdout)
    assert len(rows) >= 5
    assert all(row["source"] and row["checked"] for row in rows)


@pytest.mark.parametrize("name", [*TABLES, "add", "refresh"])
def test_help_has_examples_that_parse(name, terminal):
    outcome = terminal.run(f"llmdeploy catalog {name} --help")
    assert outcome.code == 0
    assert max(map(len, outcome.stdout.partition("Examples:")[0].splitlines())) <= 80
    command = catalog.commands[name]
    assert command.examples
    for example in command.examples:
        words = example.split()
        assert words[:3] == ["llmdeploy", "catalog", name]
        assert command.make_context(name, words[3:], parent=click.Context(catalog)).args == []


def test_filters_narrow(terminal):
    rows = json.loads(
        terminal.run("llmdeploy catalog instances --gpu l40s --region aws/us-east-1 --json").stdout
    )
    assert {row["gpu"] for row in rows} == {"l40s"}
    assert all(zone.startswith("us-east-1") for row in rows for zone in row["zones"])
    prices = json.loads(terminal.run("llmdeploy catalog prices --provider gcp --gpu h100 --json").stdout)
    assert {row["region"].partition("/")[0] for row in prices} == {"gcp"}
    assert all(row["source"] and row["checked"] for row in prices)


def test_an_estimate_is_marked_and_explained(terminal):
    outcome = terminal.run("llmdeploy catalog prices --gpu h100 --region gcp/us-west4")
    assert "~" in outcome.stdout
    assert "no list price" in outcome.stdout


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ("prices --gpu h1000", "Did you mean h100?"),
        ("prices --region aws/eu-centrall-1", "Did you mean aws/eu-central-1?"),
        ("gpus --provider oracle", "'oracle' is not one of"),
    ],
)
def test_an_unknown_name_is_answered_with_the_near_one(arguments, hint, terminal):
    outcome = terminal.run(f"llmdeploy catalog {arguments}")
    assert outcome.code == 2
    assert hint in outcome.stderr
    assert outcome.stdout == ""


def test_no_row_says_so(terminal):
    outcome = terminal.run("llmdeploy catalog instances --gpu l40s --provider gcp")
    assert (outcome.code, outcome.stdout) == (0, "")
    assert outcome.stderr == "The catalog has no such row.\n"


def test_a_damaged_refreshed_table_is_one_error(terminal):
    terminal.write("../home/catalog/prices-aws.json", "{")
    outcome = terminal.run("llmdeploy catalog prices --provider aws")
    assert outcome.code == 1
    assert "not a table of prices" in outcome.stderr
    assert "Traceback" not in outcome.stderr
