"""Run an `up` with a component that takes its time: `python -m … HOME CACHE`. Says when it is under way."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from tests.infra.provider.sagemaker.program import program
from tests.infra.provider.sagemaker.world import components
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.engine.ensure import find_engine
from llmdeploy.infra.home import Home, home_from_environment


def announce(world: World) -> None:
    """A line, once SageMaker has begun to start it."""
    while not components(world):
        time.sleep(0.05)
    print("begun", flush=True)


if __name__ == "__main__":
    engine = find_engine(home_from_environment().cache)
    assert engine is not None
    world = World(Home(Path(sys.argv[1]), Path(sys.argv[2])), engine)
    with world.runner() as runner:
        threading.Thread(target=announce, args=(world,), daemon=True).start()
        runner.up(STACK, program())
