"""An `up` against simulated clouds, ended while a cloud is at work."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.engine.ensure import find_engine
from llmdeploy.infra.home import Home, home_from_environment
from llmdeploy.infra.simulate.faults import Fault

End = Callable[[subprocess.Popen[str]], None]


def interrupted(world: World, module: str, slow: Fault, end: End) -> str:
    """Run a module that says "begun" when its `up` waits for what is slow, and end it; what it said."""
    world.clouds.add_fault(slow)
    command = [sys.executable, "-m", module, str(world.home.root), str(world.home.cache)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        end(process)
        said = process.communicate(timeout=30)
    world.clouds.clear_faults()
    return "".join(said)


def politely(process: subprocess.Popen[str]) -> None:
    """Ctrl-C."""
    process.send_signal(signal.SIGINT)


def for_good(process: subprocess.Popen[str]) -> None:
    """kill -9 of everything but the simulated clouds, which end by themselves."""
    family = psutil.Process(process.pid).children(recursive=True)
    for each in [psutil.Process(process.pid), *family]:
        if "llmdeploy.infra.simulate.serve" not in each.cmdline():
            each.kill()


def up_that_tells(program: Callable[[], None], begun: Callable[[World], object]) -> None:
    """An `up` in a process of its own, `python -m … HOME CACHE`, for `interrupted` to end.

    Args:
        begun: whether the cloud is at work.
    """
    engine = find_engine(home_from_environment().cache)
    assert engine is not None
    world = World(Home(Path(sys.argv[1]), Path(sys.argv[2])), engine)
    with world.runner() as runner:
        threading.Thread(target=tell_when, args=(begun, world), daemon=True).start()
        runner.up(STACK, program)


def tell_when(begun: Callable[[World], object], world: World) -> None:
    """A line, once the cloud is at work."""
    while not begun(world):
        time.sleep(0.05)
    print("begun", flush=True)
