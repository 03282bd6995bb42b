"""Runs every benchmark and prints its figures: `python -m bench`, or one by `python -m bench.gateway`."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Each benchmark runs in a process of its own; one that fails is said, and the others still run."""
    here = Path(__file__).parent
    modules = {module.name for module in pkgutil.iter_modules([str(here)])} - {"__main__"}
    packages = {main.parent.name for main in here.glob("*/__main__.py")}
    failed = []
    for name in sorted(modules | packages):
        print(f"\n# bench.{name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=here.parent).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
