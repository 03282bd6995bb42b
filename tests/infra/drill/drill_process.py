"""A drill in a process of its own, to be interrupted and killed. Arguments: a file with pickled facts, the
folder of locks, the kind of fault, the region. Prints every phase as it begins, then what came of it."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from llmdeploy.infra.drill import DrillOptions, DrillProgress, Fault, run_drill
from llmdeploy.serving.errors import LlmdeployError


def main() -> None:
    facts_file, locks, kind, region = sys.argv[1:]
    facts = pickle.loads(Path(facts_file).read_bytes())
    told = set[str]()

    def tell(progress: DrillProgress) -> None:
        if progress.phase not in told:
            told.add(progress.phase)
            print(progress.phase, flush=True)

    options = DrillOptions(seconds=10, workers=2)
    try:
        run_drill(facts, Fault(kind, region), options, locks=Path(locks), on_progress=tell)  # type: ignore[arg-type]
    except LlmdeployError as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
