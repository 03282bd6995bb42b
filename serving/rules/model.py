"""Rules about the model, its adapters and speculative decoding."""

from __future__ import annotations

import re
from collections.abc import Iterator

from llmdeploy.serving.catalog.frameworks import framework_facts
from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.model import source_kind

PLAIN_NAME = r"[A-Za-z0-9_][A-Za-z0-9._-]*"


def revision_is_of_the_hub(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Buckets and folders have no revisions."""
    if spec.model.revision and spec.model.source_kind != "hub":
        yield RuleProblem(
            ("model", "revision"),
            f"{spec.model.id} has no revisions",
            "leave it out, or name a hub id as the model",
        )


def folders_are_local(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A cloud's instances cannot read this machine's folders."""
    if all(region.provider == "local" for region in spec.regions):
        return
    sources: list[tuple[tuple[str | int, ...], str]] = [(("model", "id"), spec.model.id)]
    sources += [
        (("model", "adapters", index, "source"), adapter.source)
        for index, adapter in enumerate(spec.model.adapters)
    ]
    if spec.speculative and spec.speculative.model:
        sources.append((("speculative", "model"), spec.speculative.model))
    for path, source in sources:
        if source_kind(source) == "folder":
            yield RuleProblem(
                path, f"{source} is a folder on this machine", "upload it and name it by s3://… or gs://…"
            )


def adapters_are_distinct(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A client's model name must mean one thing: no two adapters alike, none like the model."""
    served = spec.model.served_name or spec.model.id
    names = [adapter.name for adapter in spec.model.adapters]
    for index, name in enumerate(names):
        path = ("model", "adapters", index, "name")
        if name in names[:index]:
            yield RuleProblem(path, f'"{name}" is the name of another adapter', "use another name")
        elif name == served:
            yield RuleProblem(path, f'"{name}" is the name of the model itself', "use another name")


def changing_adapters_have_plain_names(spec: ServingSpec) -> Iterator[RuleProblem]:
    """They stand in lists that programs on instances read, and in calls to the server."""
    if not spec.model.adapters_change:
        return
    for index, adapter in enumerate(spec.model.adapters):
        if not re.fullmatch(PLAIN_NAME, adapter.name):
            yield RuleProblem(
                ("model", "adapters", index, "name"),
                f'"{adapter.name}" cannot be loaded at run time',
                "use letters, digits, dots, hyphens and underscores, or leave model.runtime_adapters out",
            )


def changing_adapters_have_room(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A replica that runs takes no higher rank than it was started with, and a framework has a limit."""
    room = spec.model.runtime_adapters
    if room is None or room.rank is None or spec.framework.name == "custom":
        return
    limit = framework_facts(spec.framework.name).max_lora_rank
    if limit is not None and room.rank > limit:
        yield RuleProblem(
            ("model", "runtime_adapters", "rank"),
            f"{room.rank} is more than {spec.framework.name} accepts",
            f"use at most {limit}",
        )
    for index, adapter in enumerate(spec.model.adapters):
        if adapter.rank is not None and adapter.rank > room.rank:
            yield RuleProblem(
                ("model", "adapters", index, "rank"),
                f"{adapter.rank} is more than model.runtime_adapters.rank",
                f"use runtime_adapters: {{rank: {adapter.rank}}}",
            )


def adapter_ranks_fit(spec: ServingSpec) -> Iterator[RuleProblem]:
    """No rank is above what the framework accepts."""
    if spec.framework.name == "custom":
        return
    most = framework_facts(spec.framework.name).max_lora_rank
    for index, adapter in enumerate(spec.model.adapters):
        if most is not None and adapter.rank is not None and adapter.rank > most:
            yield RuleProblem(
                ("model", "adapters", index, "rank"),
                f"{adapter.rank} is more than {spec.framework.name} accepts",
                f"use an adapter of at most {most}, or another framework",
            )


def speculative_model_is_given_when_needed(spec: ServingSpec) -> Iterator[RuleProblem]:
    """draft and eagle need a second model; ngram and mtp have none."""
    speculative = spec.speculative
    if speculative is None:
        return
    needed = speculative.method in ("draft", "eagle")
    if needed and speculative.model is None:
        yield RuleProblem(
            ("speculative", "model"), f"{speculative.method} needs a model", "add model: and its hub id"
        )
    if not needed and speculative.model is not None:
        yield RuleProblem(
            ("speculative", "model"), f"{speculative.method} uses no second model", "leave it out"
        )
