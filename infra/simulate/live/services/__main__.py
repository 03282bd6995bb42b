"""`python -m llmdeploy.infra.simulate.live.services FILE`: the services that the configuration file says."""

from __future__ import annotations

import sys
from pathlib import Path

from llmdeploy.infra.simulate.live.services.server import run

if __name__ == "__main__":
    run(Path(sys.argv[1]))
