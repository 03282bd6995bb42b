"""The gateway's figures: `python -m bench.gateway [faults] [latency] [memory] [--runs N]`."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable

from bench.gateway.faults import print_faults
from bench.gateway.latency import print_latency
from bench.gateway.memory import print_memory

PARTS: dict[str, Callable[[int], None]] = {
    "latency": print_latency,
    "memory": lambda runs: asyncio.run(print_memory()),
    "faults": lambda runs: asyncio.run(print_faults(runs)),
}


def main() -> None:
    """Print the parts asked for, all when none is named."""
    parser = argparse.ArgumentParser(prog="python -m bench.gateway", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of: {', '.join(PARTS)}")
    parser.add_argument("--runs", type=int, default=5, help="repetitions, so that noise shows (5)")
    arguments = parser.parse_args()
    unknown = [part for part in arguments.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    for part in arguments.parts or PARTS:
        PARTS[part](arguments.runs)


if __name__ == "__main__":
    main()
