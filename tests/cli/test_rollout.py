"""Rollouts by the real command, on real local regions, while clients ask."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bench.rollout.clients import clients
from bench.rollout.killed import killed_at_every_move
from bench.rollout.outcome import rolled_out
from bench.rollout.world import Lines, World, world

pytestmark = [pytest.mark.engine, pytest.mark.slow]

TWO = ("local/a", "local/b")
MOVES = [
    f"{region}: {what}"
    for region in TWO
    for what in (
        "new replicas start beside the old ones",
        "50 % of the requests",
        "100 % of the requests",
        "the new version is the region's own",
        "the old replicas go",
    )
]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(World(tmp_path, "local", regions=TWO, steps="[50, 100]", bake_s=10)) as up:
        yield up


def test_a_good_version_takes_over_and_nobody_notices_and_rollback_brings_the_former_one_back(
    made: World,
) -> None:
    made.write()
    found = rolled_out(made, ("green",))
    assert found.ended == "done"
    assert [event["what"] for event in found.events if event["event"] == "moving"] == MOVES
    assert found.seen.failed == []
    assert {r.replica for r in found.seen.records} == {"a-0", "b-0", "a-green-0", "b-green-0"}

    revisions = json.loads(made.run("history", "--json"))["revisions"]
    assert [(each["number"], each["present"]) for each in revisions] == [(2, True), (1, False)]

    with clients(made.outputs) as seen:
        made.run("rollback", "--yes")
        time.sleep(0.5)
        last = time.monotonic()
        time.sleep(1)
    assert seen.failed == []
    assert {r.replica for r in seen.records if r.start > last} == {"a-0", "b-0"}
    revisions = json.loads(made.run("history", "--json"))["revisions"]
    assert revisions[0]["spec_digest"] == revisions[2]["spec_digest"]


def test_a_bad_version_goes_back_at_the_first_step(made: World) -> None:
    made.write("errors=0.2")
    found = rolled_out(made, ("green",))
    assert (found.code, found.ended) == (7, "went back")
    assert [event["what"] for event in found.events if event["event"] == "moving"] == [
        *MOVES[:2],
        "local/a: back: no request reaches the new version",
        "local/a: back: the new replicas go",
    ]
    verdict = found.judged[-1]["verdict"]
    assert verdict["decision"] == "fail"
    assert "failed requests" in [e["metric"] for e in verdict["evidence"] if e["finding"] == "violated"]
    # One in five of those that met it, and never another region's.
    assert found.seen.failed
    assert all(record.region == "local/a" and record.status == 500 for record in found.seen.failed)
    assert found.seen.broken == []
    status = json.loads(made.run("rollout", "--status", "--json"))
    assert status["ended"]["outcome"] == "went back"
    assert status["revision"] == 1


@pytest.mark.timeout(900)
def test_a_command_killed_in_every_move_harms_nobody_and_resume_finishes(made: World) -> None:
    made.write()
    found = killed_at_every_move(made)
    assert list(found.moves) == MOVES
    assert found.seen.failed == []
    assert json.loads(made.run("rollout", "--status", "--json"))["revision"] == 2


def test_a_rollout_is_paused_refuses_others_goes_on_and_is_taken_back(made: World) -> None:
    made.write()
    with clients(made.outputs) as seen:
        process = made.begin("--yes")
        lines = Lines(process)
        _until(lambda: _has(lines, "50 % of the requests"))
        paused = json.loads(made.run("rollout", "--pause", "--json"))
        assert paused["rollout"]["paused"]
        assert process.wait(60) == 0
        assert paused["rollout"]["now"] == "local/a: 50 % of the requests"

        for command in (("up", "--yes"), ("rollout", "--yes")):
            with pytest.raises(RuntimeError, match=r"a rollout of chat to revision 2 is paused"):
                made.run(*command)

        process = made.begin("--resume")
        lines = Lines(process)
        _until(lambda: _has(lines, "100 % of the requests"))
        aborted = json.loads(made.run("rollout", "--abort", "--json"))
        assert aborted["ended"]["reason"] == "it was asked for"
        assert process.wait(120) == 7
    assert seen.failed == []


def _has(lines: Lines, what: str) -> bool:
    return any(_is(event, what) for event in list(lines.events))


def _is(event: dict[str, Any], what: str) -> bool:
    return bool(event["event"] == "moved" and event["what"].endswith(what))


def _until(holds: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
