"""The estimate against published runs: the bars, and the table in the documentation."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest
from bench.speed import Point, left_out, points_table, read_points, summary

DOCUMENT = Path(__file__).parents[3] / "docs" / "speed.md"


@pytest.fixture(scope="module")
def points() -> list[Point]:
    return read_points()


def test_median_error(points: list[Point]) -> None:
    assert median(abs(point.error) for point in points) <= 0.25


def test_nine_of_ten_lie_within_the_band(points: list[Point]) -> None:
    inside = 0
    for point in points:
        band = point.band
        inside += 1 / (1 + band) <= point.measured / point.estimated <= 1 + band
    assert inside >= 0.9 * len(points)


def test_the_documentation_shows_these_errors(points: list[Point]) -> None:
    text = DOCUMENT.read_text("utf-8")
    assert points_table(points) in text
    assert summary(points) in text
    assert left_out(points) in text


def test_the_example() -> None:
    example = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert example is not None
    ran = subprocess.run([sys.executable, "-c", example[1]], capture_output=True, text=True, check=True)
    assert ran.stdout == example[2]
