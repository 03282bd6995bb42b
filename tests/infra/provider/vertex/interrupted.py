"""Run an `up` with a deployment that takes its time: `python -m … HOME CACHE`. Says when it is under way."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from tests.infra.provider.vertex.program import program
from tests.infra.provider.vertex.world import under_way
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.engine.ensure import find_engine
from llmdeploy.infra.home import Home, home_from_environment
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.simulate.attach import attach
from llmdeploy.infra.state.backend import choose_backend


def announce(world: World) -> None:
    """A line, once Google has begun to deploy."""
    while "DeployModel" not in under_way(world):
        time.sleep(0.05)
    print("begun", flush=True)


if __name__ == "__main__":
    engine = find_engine(home_from_environment().cache)
    assert engine is not None
    home = Home(Path(sys.argv[1]), Path(sys.argv[2]))
    world = World(home, engine)
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "LLMDEPLOY_"))
    }
    # Saved after every step, as in a real `up`: what a kill leaves in the state is what this is about.
    with attach(home, STACK) as attached:
        environ = {**inherited, **attached}
        threading.Thread(target=announce, args=(world,), daemon=True).start()
        Runner(home, engine, choose_backend(home, None, environ), environ=environ).up(STACK, program())
