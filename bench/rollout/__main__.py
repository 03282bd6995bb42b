"""Rollouts in three regions under eight clients, streaming and not: good versions, bad ones, killed commands.

    python -m bench.rollout [--where local|live] [--only good|errors|slow|hang|crash|gate|kill]

`local`: real regions of this machine. `live`: AWS and Google Cloud, simulated live. The replicas have random
weights, so that the machine is not the bottleneck; the bad versions do on purpose what they are called.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.rollout.killed import Killed, killed_at_every_move
from bench.rollout.outcome import Outcome, rolled_out
from bench.rollout.world import BAKE_S, STEPS, World, world

BAD = {
    "errors": ("errors=0.2", "20 % errors"),
    "slow": ("slow=3", "3 × slower"),
    "hang": ("hang", "hangs"),
    "hang-quietly": ("hang-quietly", "hangs, and its health page answers"),
    "crash": ("crash=40", "crashes after warm-up"),
    "gate": ("noise", "fails the quality gate"),
}
GATE = ", eval: {prompts: gate.jsonl, check: regex, min_pass: 0.9, max_tokens: 24}"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.rollout")
    parser.add_argument("--where", choices=["local", "live"], default="local")
    parser.add_argument("--only", choices=["good", *BAD, "kill"])
    given = parser.parse_args()
    wanted = [given.only] if given.only else ["good", *BAD, "kill"]
    print(f"3 regions ({given.where}), 8 clients, steps {STEPS} %, each watched for {BAKE_S} s")
    for name in wanted:
        # The gate is asked a model that answers; noise answers nothing.
        weights, more = ("smollm2", GATE) if name == "gate" else ("random", "")
        with (
            tempfile.TemporaryDirectory(prefix="bench-rollout-") as folder,
            world(World(Path(folder), given.where, weights, more)) as made,
        ):
            made.write(BAD[name][0] if name in BAD else "")
            if name == "kill":
                _show_killed(killed_at_every_move(made))
            else:
                _show("a good version" if name == "good" else BAD[name][1], rolled_out(made, ("green",)))
    print("\nbars: good: 0 failed, 0 broken streams. bad: back at the first step, ≤ 5 s after the verdict;")
    print("users hit: at most the step's share, for at most one bake.")


def _show(name: str, found: Outcome) -> None:
    seen = found.seen
    print(f"\n{name}: {found.ended} after {found.seconds:.0f} s (exit code {found.code})")
    print(f"  {len(seen.records)} requests, {len(seen.failed)} failed, {len(seen.broken)} streams broken")
    if found.step:
        print(f"  {found.step}")
    if found.watched_s is not None and found.exposed is not None:
        print(f"  {found.exposed:.1%} of all requests met it, for {found.watched_s:.1f} s")
    if found.back_s is not None:
        print(f"  its last request began {found.back_s:.2f} s after the verdict")


def _show_killed(found: Killed) -> None:
    seen = found.seen
    print(f"\nkill -9 in each of {len(found.moves)} moves, then --resume: it finished")
    print(f"  {len(seen.records)} requests, {len(seen.failed)} failed, {len(seen.broken)} streams broken")
    for record in seen.failed:
        print(f"    {record}")


if __name__ == "__main__":
    main()
