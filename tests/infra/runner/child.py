"""Run one operation as a process of its own, so that it can be interrupted and killed.

Arguments: the world's folder, the operation, the things as JSON. Each event is a line on stdout; the exit
code is the error's, whose message goes to stderr.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.infra.runner.world import STACK, make_world

from llmdeploy.infra.runner.events import Event
from llmdeploy.serving.errors import LlmdeployError


def main(folder: str, operation: str, things: str = "{}") -> int:
    world = make_world(Path(folder))
    try:
        if operation == "up":
            world.runner.up(STACK, world.program(json.loads(things)), _show)
        else:
            world.runner.destroy(STACK, _show)
    except LlmdeployError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def _show(event: Event) -> None:
    print(repr(event), flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
