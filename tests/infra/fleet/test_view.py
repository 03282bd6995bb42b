"""How fleets look: the table, the document, the exit code, and progress."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console
from tests.infra.fleet.world import AWS, GCP

from llmdeploy.cli.render.fleet import FleetProgress, exit_code, fleets_data, show_fleets
from llmdeploy.infra.fleet import RegionFleet

UP = RegionFleet(AWS, "up", 2, 2, 2, 2, 2)
SHORT = RegionFleet(
    GCP,
    "short",
    2,
    1,
    1,
    2,
    2,
    why="QUOTA_EXCEEDED: Quota 'NVIDIA_L4_GPUS' exceeded. Limit: 1.0 in region europe-west4.",
    mend="ask for more quota: it starts instances by itself once that is granted",
    command=f"gcloud {'--longer-than-a-terminal-is-wide ' * 3}--project=acme",
)
DOWN = replace(SHORT, state="down", launched=0, healthy=0)
UNKNOWN = RegionFleet(GCP, "unknown", 2, None, None, 2, None, why="no answer")


def shown(*fleets: RegionFleet) -> str:
    out = Console(file=io.StringIO(), width=80, markup=False, emoji=False, highlight=False)
    show_fleets(fleets, out)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_the_table_and_what_mends_it() -> None:
    assert shown(UP, SHORT) == (
        "region            replicas  gateways  state\n"
        "aws/us-east-1     2 of 2    2 of 2    up\n"
        "gcp/europe-west4  1 of 2    2 of 2    short\n"
        "\n"
        "What is missing, and why\n"
        f"gcp/europe-west4: {SHORT.why}\n"
        f"  {SHORT.mend}\n"
        f"  {SHORT.command}\n"
        "\n"
        "Every region by itself: those that are up serve, whatever became of the others.\n"
    )


def test_all_up_says_no_more() -> None:
    assert shown(UP).splitlines() == [
        "region         replicas  gateways  state",
        "aws/us-east-1  2 of 2    2 of 2    up",
    ]


def test_what_is_not_known_is_no_number() -> None:
    assert "gcp/europe-west4  ? of 2    ? of 2    unknown\n" in shown(UP, UNKNOWN)


@pytest.mark.parametrize(
    ("fleets", "code"),
    [
        ([UP], 0),
        ([UP, SHORT], 3),
        ([UP, DOWN], 3),
        ([SHORT], 3),
        ([DOWN], 1),
        ([DOWN, UNKNOWN], 1),
        ([replace(UP, state="starting", gateways_healthy=0)], 1),
    ],
)
def test_exit_codes(fleets: list[RegionFleet], code: int) -> None:
    assert exit_code(fleets) == code


def test_the_document() -> None:
    data = json.loads(json.dumps(fleets_data([SHORT])))
    assert data[0]["state"] == "short"
    assert data[0]["serves"] is True
    assert set(data[0]) == {
        "region",
        "state",
        "wanted",
        "launched",
        "healthy",
        "gateways_wanted",
        "gateways_healthy",
        "why",
        "mend",
        "command",
        "serves",
    }


def test_progress_is_a_line_a_change(capsys: pytest.CaptureFixture[str]) -> None:
    with FleetProgress(2) as progress:
        progress(replace(UP, state="starting", healthy=1))
        progress(UP)
        progress(UNKNOWN)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "aws/us-east-1 starting: 1 of 2 replicas healthy, 2 launched",
        "aws/us-east-1 up: 2 of 2 replicas healthy, 2 launched",
        "gcp/europe-west4 unknown: no answer",
    ]
