"""The gateways' count of missing spot instances, really run against a Google that is made up."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from llmdeploy.modules.gcp.shortage import METRIC, shortage_script

HERE = Path(__file__).parent
PROGRAM = HERE.parents[2] / "modules/gcp/shortage.sh"

COUNTS = {
    "all there and serving": ((3, 3, 0, 3), (0, 0, 0), 0),
    "one taken away": ((3, 2, 0, 2), (0, 0, 0), 1),
    "its stand-in comes": ((3, 2, 0, 2), (1, 0, 1), 1),
    "a new one exists, does not serve yet": ((3, 2, 1, 2), (1, 1, 0), 1),
    "and serves": ((3, 3, 0, 3), (1, 1, 0), 0),
    "all gone": ((3, 0, 0, 0), (0, 0, 0), 3),
    "first start: instances exist, none serves": ((3, 0, 3, 0), (0, 0, 0), 0),
    "the load falls while one is missing": ((1, 1, 0, 1), (2, 2, 0), 0),
    "two stand in, one is needed no more": ((3, 2, 0, 2), (2, 2, 0), 1),
}
"""Spot: wanted, existing, in their grace, healthy. Stand-ins: the first three. Then the figure."""


@pytest.fixture
def google(tmp_path: Path) -> Path:
    """A folder with a curl, its answers, and what it was asked."""
    curl = tmp_path / "curl"
    shutil.copy(HERE / "fake_curl.py", curl)
    curl.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("case", COUNTS)
def test_the_figure(google: Path, case: str) -> None:
    spot, stand_in, missing = COUNTS[case]
    _answer(google, {"spot": spot, "stand-in": stand_in})
    with _running(google):
        series = _first_published(google)
    assert series["points"][0]["value"] == {"int64Value": str(missing)}
    assert series["metric"]["type"] == METRIC
    assert series["resource"] == {
        "type": "generic_node",
        "labels": {
            "project_id": "acme",
            "location": "us-central1",
            "namespace": "chat",
            "node_id": "fleet",
        },
    }


def test_a_group_that_is_not_there_yet_counts_for_nothing(google: Path) -> None:
    _answer(google, {"spot": (2, 1, 0, 1)})
    with _running(google):
        assert _first_published(google)["points"][0]["value"] == {"int64Value": "1"}


def test_each_version_of_a_region_has_a_figure_of_its_own(google: Path) -> None:
    """While a rollout goes on there are two; after every second one, that in the other slot alone."""
    both = {"spot": (3, 3, 0, 3), "stand-in": (0, 0, 0)}
    _answer(google, {**both, "spot-green": (2, 0, 0, 0), "stand-in-green": (1, 0, 1)})
    with _running(google):
        _wait(lambda: len(_figures(google)) == 2)
        assert _figures(google) == {"fleet": "0", "fleet-green": "2"}
        _answer(google, {"spot-green": (2, 1, 0, 1), "stand-in-green": (1, 0, 1)})
        _wait(lambda: _figures(google)["fleet-green"] == "1")
        count = len(_published(google))
        _wait(lambda: len(_published(google)) >= count + 3)
    told = {series["resource"]["labels"]["node_id"] for series in _published(google)[count:]}
    assert told == {"fleet-green"}, "a slot without groups has no figure"


def test_what_is_not_known_of_one_version_keeps_no_figure_of_the_other_back(google: Path) -> None:
    green = {"spot-green": (2, 1, 0, 1), "stand-in-green": (0, 0, 0)}
    _answer(google, {"spot": (3, 2, 0, 2), "stand-in": (0, 0, 0), **green, "broken": "spot"})
    with _running(google):
        _wait(lambda: len(_published(google)) > 2)
    assert _figures(google) == {"fleet-green": "1"}


@pytest.mark.parametrize("broken", ["groups", "health"])
def test_what_is_not_known_is_not_published_and_asked_again(google: Path, broken: str) -> None:
    """A wrong 0 would take stand-ins away, a wrong 3 would rent three."""
    _answer(google, {"spot": (3, 2, 0, 2), "stand-in": (0, 0, 0), "broken": broken})
    with _running(google) as process:
        _wait(lambda: len(_asked(google)) > 20)
        assert not (google / "published.jsonl").exists()
        assert process.poll() is None
        _answer(google, {"spot": (3, 2, 0, 2), "stand-in": (0, 0, 0)})
        assert _first_published(google)["points"][0]["value"] == {"int64Value": "1"}


def test_the_token_is_in_no_argument(google: Path) -> None:
    _answer(google, {"spot": (3, 3, 0, 3), "stand-in": (0, 0, 0)})
    with _running(google):
        _first_published(google)
    asked = _asked(google)
    assert any("ya29.canary" in each["headers"] for each in asked)
    assert not any("ya29.canary" in argument for each in asked for argument in each["argv"])


def test_a_gateway_starts_it_as_a_service(tmp_path: Path) -> None:
    """The startup script itself ends at once, and leaves the program where it says."""
    programs = tmp_path / "bin"
    programs.mkdir()
    _program(programs / "systemd-run", f'echo "$@" > {tmp_path}/started')
    script = shortage_script("acme", "us-central1", "chat").replace("/var/lib/", f"{tmp_path}/")
    path = f"{programs}:{os.environ['PATH']}"
    subprocess.run(["bash", "-c", script], env={"PATH": path}, check=True, timeout=20)
    left = tmp_path / "llmdeploy/shortage.sh"
    assert (tmp_path / "started").read_text().split()[-2:] == ["/bin/bash", str(left)]
    counted = (
        "fleet:chat-us-central1-node:chat-us-central1-stand-in",
        "fleet-green:chat-us-central1-node-green:chat-us-central1-stand-in-green",
    )
    assert f"FLEETS='{' '.join(counted)}'" in left.read_text().splitlines()
    subprocess.run(["bash", "-n", str(left)], check=True, timeout=20)


def _answer(google: Path, answers: dict[str, Any]) -> None:
    new = google / "answers.new"
    new.write_text(json.dumps(answers))
    new.rename(google / "answers.json")


@contextmanager
def _running(google: Path) -> Iterator[subprocess.Popen[bytes]]:
    settings = {
        "PROJECT": "acme",
        "LOCATION": "us-central1",
        "STACK": "chat",
        "FLEETS": "fleet:spot:stand-in fleet-green:spot-green:stand-in-green",
        "METRIC": METRIC,
        "RUN": str(google / "run"),
        "EVERY_S": "0.2",
        "PATH": f"{google}:{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    process = subprocess.Popen(
        ["bash", str(PROGRAM)], env=settings, start_new_session=True, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def _first_published(google: Path) -> dict[str, Any]:
    _wait(lambda: _published(google))
    return _published(google)[0]


def _published(google: Path) -> list[dict[str, Any]]:
    file = google / "published.jsonl"
    lines = file.read_text().split("\n")[:-1] if file.exists() else []
    return [json.loads(line)["timeSeries"][0] for line in lines]


def _figures(google: Path) -> dict[str, str]:
    """The last figure of each fleet."""
    return {
        each["resource"]["labels"]["node_id"]: each["points"][0]["value"]["int64Value"]
        for each in _published(google)
    }


def _asked(google: Path) -> list[dict[str, Any]]:
    file = google / "asked.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def _wait(until: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.05)


def _program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
