"""The estimate against published runs: the bars, and the tables in the documentation."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import pytest
from bench.speed import Point, left_out, points_table, read_points, summary
from bench.speed_published import online_table, published, throughput_table
from bench.speed_published import summary as published_summary

from llmdeploy.serving.speed.estimate import estimate

DOCUMENT = Path(__file__).parents[3] / "docs" / "speed.md"


@pytest.fixture(scope="module")
def points() -> list[Point]:
    return read_points()


@pytest.fixture(scope="module")
def later() -> list[Point]:
    return published()


def within_their_bands(points: Sequence[Point]) -> float:
    inside = [1 / (1 + one.band) <= one.measured / one.estimated <= 1 + one.band for one in points]
    return sum(inside) / len(inside)


def test_the_anchors(points: list[Point]) -> None:
    assert median(abs(point.error) for point in points) <= 0.25
    assert within_their_bands(points) >= 0.9


def test_runs_looked_up_later(later: list[Point]) -> None:
    assert median(abs(point.error) for point in later) <= 0.25
    assert within_their_bands(later) >= 0.9


def test_one_gpu_and_nvlink_are_no_worse_than_that(later: list[Point]) -> None:
    """PCIe is the estimate's weak side: what goes without it may not hide behind it."""
    alone = [point for point in later if point.request.replica.gpu.name in ("l40s", "h100")]
    plain = [point for point in alone if point.row["gpus"] == 1 or point.row["gpu"].startswith("H100")]
    assert median(abs(point.error) for point in plain) <= 0.10


def test_first_tokens_of_a_published_sweep(later: list[Point]) -> None:
    """70B on two H100, 1 to 50 requests at once: where none waits for a place."""
    for point in later:
        if point.row["concurrency"] is None or point.row["concurrency"] > 50:
            continue
        found = estimate(point.request)
        assert 1 / 1.8 <= found.ttft_p50 * 1000 / point.row["ttft_ms"] <= 1.25
        assert found.tpot_p50 * 1000 == pytest.approx(point.row["tpot_ms"], rel=0.1)


def test_the_documentation_shows_these_errors(points: list[Point], later: list[Point]) -> None:
    text = DOCUMENT.read_text("utf-8")
    for shown in (points_table(points), summary(points), left_out(points)):
        assert shown in text
    for shown in (throughput_table(later), online_table(later), published_summary(later)):
        assert shown in text


def test_the_example() -> None:
    example = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert example is not None
    ran = subprocess.run([sys.executable, "-c", example[1]], capture_output=True, text=True, check=True)
    assert ran.stdout == example[2]
