"""What must be true of this machine before the engine is started: weights, adapters and prompts are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from llmdeploy.serving.errors import LlmdeployError, Problem, SpecErrors
from llmdeploy.serving.load import LoadedSpec
from llmdeploy.serving.plan.draft import SpecPath, shown_path
from llmdeploy.serving.plan.model import Plan, ServerPlan
from llmdeploy.serving.quality import gate_problems


def check_sources(plan: Plan, source: LoadedSpec, cache: Path) -> None:
    """Check every folder and file that the plan's replicas load, and the quality gate's prompts. Nothing is
    fetched.

    Raises:
        SpecErrors: all that are missing or unfit, each where the spec names it.
    """
    unfit = (
        Problem(source.file, *source.position(path), shown_path(path), error.problem, error.mend)
        for path, error in _unfit(plan, cache)
    )
    problems = (*unfit, *gate_problems([source.gate] if source.gate else []))
    if problems:
        raise SpecErrors(problems)


def fetch_weights(plan: Plan, cache: Path, progress: Callable[[str], object]) -> None:
    """Bring what the replicas load into the cache, so that they start at once.

    Raises:
        LlmdeployError: it cannot be fetched.
    """
    from llmdeploy.infra.weights.resolve import resolve_weights

    for weights in {region.server.weights for region in plan.regions if region.server.kind == "llama.cpp"}:
        resolve_weights(weights, cache, progress)


def _unfit(plan: Plan, cache: Path) -> Iterator[tuple[SpecPath, LlmdeployError]]:
    servers = {region.server.kind: region.server for region in plan.regions}
    for server in servers.values():
        if Path(server.weights).is_absolute():
            yield from _weights_problems(server, cache)
    if "llama.cpp" in servers:
        yield from _adapter_problems(plan)


def _weights_problems(server: ServerPlan, cache: Path) -> Iterator[tuple[SpecPath, LlmdeployError]]:
    path = ("model", "id")
    if not Path(server.weights).exists():
        yield path, LlmdeployError(f"{server.weights} does not exist", "name a folder that does, or a hub id")
    elif server.kind == "llama.cpp":
        from llmdeploy.infra.weights.resolve import resolve_weights

        try:
            resolve_weights(server.weights, cache, lambda line: None)
        except LlmdeployError as error:
            yield path, error


def _adapter_problems(plan: Plan) -> Iterator[tuple[SpecPath, LlmdeployError]]:
    from llmdeploy.infra.weights.gguf_file import check_gguf

    for index, adapter in enumerate(plan.model.adapters):
        if not Path(adapter.source).is_absolute():
            continue
        try:
            check_gguf(Path(adapter.source), "adapter")
        except LlmdeployError as error:
            yield ("model", "adapters", index, "source"), error
