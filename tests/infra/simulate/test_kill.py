"""The simulated clouds killed in the middle, and used by two processes at once."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from tests.infra.simulate.programs import gcp_program
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.infra.simulate.store import Store
from llmdeploy.serving.errors import LlmdeployError

_WRITER = """
import sys
from pathlib import Path
from llmdeploy.infra.simulate.records import Record, Reference
from llmdeploy.infra.simulate.store import Store

store = Store(Path(sys.argv[1]))
for index in range(int(sys.argv[3])):
    name = f"{sys.argv[2]}-{index}"
    with store.change():
        number = store.add(Record(0, "aws:ec2/vpc:Vpc", name, f"urn::{name}", "us-east-1", {}, {}))
        store.index(number, frozenset({name}), [Reference("self", name, number)])
    print(name, flush=True)
"""
_OPENER = """
import sys, time
from pathlib import Path
from llmdeploy.infra.simulate.store import Store

while time.time() < float(sys.argv[2]):
    pass
Store(Path(sys.argv[1]))
"""


@pytest.mark.engine
@pytest.mark.slow
def test_killed_clouds_remember_what_they_had_made(world: World) -> None:
    slow = world.clouds.add_fault(Fault("slow", type="BackendService", seconds=60))
    with world.runner() as runner:
        killer = threading.Thread(target=_kill_when_it_hangs, args=(world,))
        killer.start()
        with pytest.raises(LlmdeployError):
            runner.up(STACK, gcp_program())
        killer.join()
    made = {record.id for record in world.clouds.resources()}
    assert made

    world.clouds.clear_faults(slow)
    with world.runner() as runner:
        runner.up(STACK, gcp_program(), refresh=True)
        assert made <= {record.id for record in world.clouds.resources()}
        assert runner.up(STACK, gcp_program(), refresh=True).steps == ()
        runner.destroy(STACK)
    assert world.clouds.resources() == []


def test_the_server_ends_with_its_last_user(world: World) -> None:
    with world.runner():
        server = _server(world)
        assert server.is_running()
    assert not server.is_running()


def test_a_killed_writer_leaves_whole_changes_only(tmp_path: Path) -> None:
    writer = _writer(tmp_path, "killed", 100_000)
    for _ in range(200):
        assert writer.stdout is not None
        writer.stdout.readline()
    writer.kill()
    writer.communicate()
    store = Store(tmp_path)
    records = store.all()
    assert len(records) >= 200
    assert all(
        [found.number for found in store.answering(record.id)] == [record.number] for record in records
    )
    assert len(store.edges()) == len(records)


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    writers = [_writer(tmp_path, name, 300) for name in ("one", "two")]
    assert [writer.communicate(timeout=60) and writer.returncode for writer in writers] == [0, 0]
    records = Store(tmp_path).all()
    assert len({record.number for record in records}) == 600
    assert {record.id for record in records} == {
        f"{name}-{index}" for name in ("one", "two") for index in range(300)
    }


def test_two_may_be_the_first_to_look(tmp_path: Path) -> None:
    for attempt in range(5):
        start = time.time() + 1.5
        command = [sys.executable, "-c", _OPENER, str(tmp_path / str(attempt)), str(start)]
        openers = [subprocess.Popen(command) for _ in range(2)]
        assert [opener.wait(timeout=60) for opener in openers] == [0, 0]


def _writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WRITER, str(folder), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _kill_when_it_hangs(world: World) -> None:
    """Kill the server once it has made nothing new for a while: it waits for the slow resource."""
    count, since, limit = 0, time.monotonic(), time.monotonic() + 60
    while time.monotonic() < limit:
        now = len(world.clouds.resources())
        if now != count:
            count, since = now, time.monotonic()
        if count > 8 and time.monotonic() - since > 1.0:
            break
        time.sleep(0.1)
    _server(world).kill()


def _server(world: World) -> psutil.Process:
    (found,) = [
        process
        for process in psutil.Process().children(recursive=True)
        if str(world.folder) in process.cmdline() and "llmdeploy.infra.simulate.serve" in process.cmdline()
    ]
    return found
