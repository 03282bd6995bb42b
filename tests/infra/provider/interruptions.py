"""An `up` against simulated clouds, ended while a cloud is at work."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable

import psutil
from tests.infra.simulate.world import World

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
