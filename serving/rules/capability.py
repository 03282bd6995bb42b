"""Rules that read the table of what each server can do."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.catalog.capabilities import Capability, Pair, ServerCapabilities, capabilities, is_kind
from llmdeploy.serving.catalog.frameworks import QuantizationSupport, framework_facts, quantization_support
from llmdeploy.serving.catalog.gpus import Gpu, gpus
from llmdeploy.serving.rules.features import WORDS, Where, features_of, server_of, shown_server
from llmdeploy.serving.rules.hardware import gpus_named
from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec

MOST_SHOWN = 3
"""Other servers named in one mend."""


def features_are_supported(spec: ServingSpec) -> Iterator[RuleProblem]:
    """The server has every feature that the spec asks for."""
    for feature, path, capability in _asked(spec):
        if not capability.can:
            yield RuleProblem(
                path,
                f"{shown_server(server_of(spec))} has no {_bare(feature)}: {capability.because}",
                _or_leave_out(servers_that_can(spec)),
            )


def features_go_together(spec: ServingSpec) -> Iterator[RuleProblem]:
    """The server has every two of the features at the same time."""
    for path, pair in _pairs(spec, untested=False):
        first, second = (_bare(feature) for feature in pair.features)
        others = servers_that_can(spec)
        yield RuleProblem(
            path,
            f"{shown_server(server_of(spec))} has no {second} beside {first}: {pair.because}",
            f"leave one of them out{f', or use framework {any_of(others)}' if others else ''}",
        )


def features_fit_the_gpu(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Each GPU that the spec names is new enough for every feature."""
    for path, name in gpus_named(spec):
        gpu = gpus().get(name)
        if gpu is None:
            continue
        for feature, _, capability in _asked(spec):
            if capability.can and gpu.compute_capability < capability.compute_capability:
                fitting = [
                    other
                    for other, facts in gpus().items()
                    if facts.compute_capability >= capability.compute_capability
                ]
                yield RuleProblem(
                    path,
                    f"{shown_server(server_of(spec))} has no {_bare(feature)} on {name}",
                    f"use one of {', '.join(fitting)}, or leave the {_bare(feature)} out",
                )


def features_have_no_catch(spec: ServingSpec) -> Iterator[RuleProblem]:
    """What a user of a feature must know about it on this server."""
    for feature, path, capability in _asked(spec):
        if capability.can and capability.note:
            yield RuleProblem(path, f"{_bare(feature)} with a catch", capability.note)


def features_are_tested_together(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Two features that the server's makers have not tried, or contradict themselves about."""
    for path, pair in _pairs(spec, untested=True):
        first, second = (_bare(feature) for feature in pair.features)
        yield RuleProblem(path, f"{second} beside {first}: {pair.because}", "try it before you rely on it")


def servers_that_can(spec: ServingSpec) -> tuple[str, ...]:
    """The servers, as a spec names them, that do all that the spec asks for; none in maintenance."""
    return tuple(shown_server(server) for server in able_servers(spec))


def able_servers(spec: ServingSpec) -> tuple[str, ...]:
    """The same, as tables name them."""
    features = tuple(features_of(spec))
    return tuple(
        server
        for server, row in capabilities().items()
        if server != server_of(spec)
        and row.runs(features)
        and runs_on_its_gpus(row, spec)
        and runs_weights(server, spec)
        and not framework_facts(_framework(server)).maintenance
    )


def runs_on_its_gpus(row: ServerCapabilities, spec: ServingSpec) -> bool:
    """Whether every GPU that the spec names is new enough for the spec's features on a server."""
    needed = max((row.features[feature].compute_capability for feature in features_of(spec)), default=0)
    return all(gpus()[name].compute_capability >= needed for _, name in gpus_named(spec) if name in gpus())


def runs_weights(server: str, spec: ServingSpec) -> bool:
    """Whether a server runs weights of the spec's format, made as the spec says, on the spec's GPUs."""
    wanted = spec.quantization
    if wanted is None or wanted.weights in ("none", "fp16", "bf16"):
        return True
    ways = [
        row
        for row in quantization_support(server)
        if row.weights == wanted.weights and wanted.method in (None, row.method)
    ]
    named = [gpus()[name] for _, name in gpus_named(spec) if name in gpus()]
    return bool(ways) and all(any(fits(way, gpu) for way in ways) for gpu in named)


def fits(way: QuantizationSupport, gpu: Gpu) -> bool:
    """Whether a GPU is new enough for a way of running quantized weights, and not left out of it."""
    return gpu.compute_capability >= way.compute_capability and gpu.name not in way.not_on


def _row(spec: ServingSpec) -> ServerCapabilities | None:
    return capabilities().get(server_of(spec))


def _asked(spec: ServingSpec) -> Iterator[tuple[str, Where, Capability]]:
    features = features_of(spec)
    # The table is read only for a spec that asks for something in it.
    row = _row(spec) if features else None
    if row is not None:
        for feature, path in features.items():
            yield feature, path, row.features[feature]


def _pairs(spec: ServingSpec, *, untested: bool) -> Iterator[tuple[Where, Pair]]:
    features = features_of(spec)
    row = _row(spec) if len(features) > 1 else None
    for pair in row.pairs if row else ():
        if pair.untested == untested and pair.within(tuple(features)):
            yield next(path for feature, path in features.items() if is_kind(feature, pair.features[1])), pair


def _framework(server: str) -> str:
    return "triton" if server.startswith("triton-") else server


def _bare(feature: str) -> str:
    return WORDS[feature].removeprefix("a ").removeprefix("an ")


def _or_leave_out(others: tuple[str, ...]) -> str:
    return f"use framework {any_of(others)}, or leave it out" if others else "leave it out"


def any_of(servers: tuple[str, ...]) -> str:
    """`vllm, sglang or tensorrt-llm`: enough to choose from."""
    *first, last = servers[:MOST_SHOWN]
    return f"{', '.join(first)} or {last}" if first else last
