"""`llmdeploy up` on this machine: the first, one that changes nothing, and a bare Pulumi program beside it.

    python -m bench.up [--runs N]

The bare program registers as many resources through the plain Automation API, with no spec, no provider of
ours and nothing to look after: what is left is Pulumi itself.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from llmdeploy.infra.engine.ensure import ensure_engine
from llmdeploy.infra.home import home_from_environment

LLMDEPLOY = str(Path(sys.executable).with_name("llmdeploy"))
SPEC = (
    "name: bench\nmodel: HuggingFaceTB/SmolLM2-135M-Instruct\nframework: vllm\nregions: [local/a, local/b]\n"
)
RESOURCES = 10
"""What SPEC becomes: three supervisors, two replicas, a gateway, its key, and components around them."""

BARE = f"""
import pulumi
from pulumi import automation

def program():
    for number in range({RESOURCES}):
        pulumi.ComponentResource("bench:index:Thing", f"thing-{{number}}")

stack = automation.create_or_select_stack(stack_name="bare", project_name="bare", program=program)
stack.up()
"""


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=7)
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        spec = Path(folder) / "bench.yaml"
        spec.write_text(SPEC)
        environ = _environment(Path(folder))
        up = [LLMDEPLOY, "up", str(spec), "--yes"]
        bare = [sys.executable, "-c", BARE]
        try:
            print(f"first up, to the first answer: {_timed(up, environ):.2f} s")
            _timed(bare, environ)
            pairs = [(_timed(up, environ), _timed(bare, environ)) for _ in range(runs)]
        finally:
            print(f"destroy: {_timed([LLMDEPLOY, 'destroy', str(spec), '--yes'], environ):.2f} s")
    _show("up, nothing changed", [ours for ours, _ in pairs])
    _show(f"bare program, {RESOURCES} resources", [theirs for _, theirs in pairs])
    _show("ratio, pair by pair", [ours / theirs for ours, theirs in pairs])


def _environment(folder: Path) -> dict[str, str]:
    engine = ensure_engine(home_from_environment().cache, print)
    state = folder / "bare"
    state.mkdir()
    return {
        **os.environ,
        "LLMDEPLOY_HOME": str(folder / "home"),
        "PATH": f"{engine.path.parent}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_CONFIG_PASSPHRASE": "bench",
        "LLMDEPLOY_BACKEND": f"file://{state}",
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def _timed(command: list[str], environ: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=environ, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def _show(name: str, figures: list[float]) -> None:
    print(f"{name:32}{statistics.median(figures):8.2f}  ({min(figures):.2f} to {max(figures):.2f})")


if __name__ == "__main__":
    main()
