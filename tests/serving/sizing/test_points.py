"""Sizing against measured deployments: the bars, and the table in the documentation."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest
from bench.sizing import Point, left_out, points_table, read_points, summary

DOCUMENT = Path(__file__).parents[3] / "docs" / "sizing.md"


@pytest.fixture(scope="module")
def points() -> list[Point]:
    return read_points()


def test_weights(points: list[Point]) -> None:
    errors = [abs(point.weights_error) for point in points]
    assert median(errors) <= 0.01
    assert max(errors) <= 0.05


def test_tokens(points: list[Point]) -> None:
    errors = [abs(point.tokens_error) for point in points if point.tokens_error is not None]
    assert median(errors) <= 0.02
    assert max(errors) <= 0.10


def test_what_did_not_start_does_not_fit(points: list[Point]) -> None:
    assert [point.sizing.fits for point in points] == [point.ran for point in points]
    assert not all(point.ran for point in points)


def test_every_measurement_lies_within_the_band(points: list[Point]) -> None:
    for point in points:
        low, high = point.sizing.kv_tokens_low, point.sizing.kv_tokens_high
        assert low <= point.row["kv_tokens"] <= high, point.row["hf_id"]


def test_the_documentation_shows_these_errors(points: list[Point]) -> None:
    text = DOCUMENT.read_text("utf-8")
    assert points_table(points) in text
    assert summary(points) in text
    assert left_out(points) in text
