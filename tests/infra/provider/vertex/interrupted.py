"""Run an `up` with a deployment that takes its time: `python -m … HOME CACHE`. Says when it is under way."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from tests.infra.provider.interruptions import tell_when
from tests.infra.provider.vertex.program import program
from tests.infra.provider.vertex.world import under_way
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.engine.ensure import find_engine
from llmdeploy.infra.home import Home, home_from_environment
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.simulate.attach import attach
from llmdeploy.infra.state.backend import choose_backend


def deploying(world: World) -> bool:
    return "DeployModel" in under_way(world)


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
        threading.Thread(target=tell_when, args=(deploying, world), daemon=True).start()
        Runner(home, engine, choose_backend(home, None, environ), environ=environ).up(STACK, program())
