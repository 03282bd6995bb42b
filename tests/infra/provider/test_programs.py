"""supervisord and its programs without the engine: hard values, hard places, and what is found afterwards."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.infra.provider.faults import kill, wait_until

from llmdeploy.infra.provider import observe, programs, supervisord
from llmdeploy.infra.provider.errors import FolderTaken
from llmdeploy.infra.provider.files import socket_path
from llmdeploy.infra.provider.program_files import Program, log_file
from llmdeploy.infra.provider.work import Work

WORK = Work(report=lambda line: None)
HARD = ['{"a": "b\'c"}', "50 % of ; and # and $HOME", "", "two\nlines", "%(here)s", "é"]
TELL = """
import json, os, sys, time
print(json.dumps([sys.argv[1:], os.environ["HARD"]]), flush=True)
time.sleep(99)
"""


@pytest.fixture(params=["short", "Mes modèles", "d" * 60 + "/" + "e" * 60])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A region's folder, in places that are hard to configure."""
    found = tmp_path / request.param / "a"
    yield found
    observe.sweep(found.parent)


def program(folder: Path, *arguments: str, name: str = "a-0") -> Program:
    """A program that prints what it was given."""
    return Program(folder, name, (sys.executable, "-c", TELL, *arguments), {"HARD": HARD[0]}, {"http": 1}, 1)


def test_a_program_gets_every_value_as_it_was_given(folder: Path) -> None:
    supervisord.ensure(folder)
    assert programs.start(program(folder, *HARD), WORK)
    log = log_file(folder, "a-0")
    wait_until(lambda: log.exists() and log.read_text().endswith("\n"))
    assert json.loads(log.read_text()) == [HARD, HARD[0]]
    supervisor_socket = supervisord.socket_of(folder)
    assert supervisor_socket.stat().st_mode & 0o777 == 0o600

    supervisord.remove(folder)
    assert not folder.exists()
    assert not supervisor_socket.exists()
    assert supervisor_socket.parent == folder or not supervisor_socket.parent.exists()
    assert supervisord.pid_of(folder) is None


def test_starting_twice_leaves_the_first_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    try:
        pid = supervisord.ensure(folder)
        programs.start(program(folder), WORK)
        wait_until(lambda: programs.look(folder, "a-0").status == "running")
        first = programs.look(folder, "a-0").pid
        assert supervisord.ensure(folder) == pid
        assert not programs.start(program(folder), WORK)
        assert programs.look(folder, "a-0").pid == first
        assert programs.start(program(folder, "changed"), WORK)
        assert programs.look(folder, "a-0").pid != first
    finally:
        observe.sweep(tmp_path)


def test_what_a_dead_supervisord_left_is_ended_before_another_starts(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    try:
        supervisord.ensure(folder)
        programs.start(program(folder), WORK)
        wait_until(lambda: programs.look(folder, "a-0").status == "running")
        orphan = programs.look(folder, "a-0").pid
        kill(supervisord.pid_of(folder))
        assert programs.look(folder, "a-0").status == "unsupervised"
        [seen] = observe.deployment_processes(tmp_path)
        assert (seen.pid, seen.supervisor, seen.status) == (orphan, None, "unsupervised")
        supervisord.ensure(folder)
        assert orphan
        wait_until(lambda: not psutil.pid_exists(orphan))
        wait_until(lambda: programs.look(folder, "a-0").status == "running")
    finally:
        observe.sweep(tmp_path)


def test_a_reused_pid_is_never_taken_for_ours(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    (folder / "programs").mkdir(parents=True)
    (folder / "supervisord.pid").write_text(f"{os.getpid()}\n")
    supervisord.remove(folder)
    assert not folder.exists()


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "thesis.tex").write_text("precious")
    with pytest.raises(FolderTaken, match="holds something else than a local deployment"):
        supervisord.ensure(tmp_path / "a")
    assert (tmp_path / "a" / "thesis.tex").exists()


def test_a_socket_path_leaves_room_for_supervisords_own_suffix(tmp_path: Path) -> None:
    for length in range(1, 130):
        path = socket_path(tmp_path / ("d" * length), "supervisor.sock")
        assert len(os.fsencode(path)) + len(".4194304") <= 107
