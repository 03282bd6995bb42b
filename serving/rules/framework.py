"""Rules about the framework and its flags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec

PLACEHOLDERS = ("port", "weights", "name", "region")
"""What a custom command may leave to llmdeploy."""

FOLDER_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"

_ONLY_CUSTOM = ("command", "health_path", "metrics_path")


def custom_has_a_command(spec: ServingSpec) -> Iterator[RuleProblem]:
    """custom is nothing without a command, and the command must take the port it is given."""
    framework = spec.framework
    if framework.name != "custom":
        return
    if framework.command is None:
        yield RuleProblem(
            ("framework", "command"), "custom needs a command", "add command: [my-server, --port, '{port}']"
        )
    elif not any("{port}" in word for word in framework.command):
        yield RuleProblem(
            ("framework", "command"),
            "does not say {port}",
            "pass {port} on: it is chosen when a replica starts",
        )


def command_is_for_custom(spec: ServingSpec) -> Iterator[RuleProblem]:
    """llmdeploy writes the command of every framework that it knows."""
    framework = spec.framework
    for key in _ONLY_CUSTOM:
        if framework.name != "custom" and getattr(framework, key) is not None:
            yield RuleProblem(
                ("framework", key),
                f"{framework.name} has its own",
                "leave it out, or use name: custom",
            )


def custom_takes_nothing_else(spec: ServingSpec) -> Iterator[RuleProblem]:
    """What llmdeploy would turn into flags has no meaning for a command that it does not know."""
    if spec.framework.name != "custom":
        return
    given: tuple[tuple[tuple[str, ...], bool], ...] = (
        (("framework", "version"), spec.framework.version is not None),
        (("framework", "args"), bool(spec.framework.args)),
        (("model", "adapters"), bool(spec.model.adapters)),
        (("quantization",), spec.quantization is not None and spec.quantization.weights != "none"),
        (("speculative",), spec.speculative is not None),
        (("parallel",), spec.parallel is not None),
        (("batching",), spec.batching is not None),
        (("structured_output",), spec.structured_output is not None),
        (("model", "runtime_adapters"), spec.model.adapters_change),
    )
    for path, present in given:
        if present:
            yield RuleProblem(path, "has no effect on a custom server", "say it in framework.command")


def custom_is_local(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A command of this machine is not on a cloud's instances."""
    if spec.framework.name == "custom" and any(region.provider != "local" for region in spec.regions):
        yield RuleProblem(
            ("framework", "name"), "a custom server runs on this machine only", "use local/… regions"
        )


def backend_is_of_triton(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Only Triton leaves the model to a backend."""
    framework = spec.framework
    if framework.backend is not None and framework.name != "triton":
        yield RuleProblem(
            ("framework", "backend"), f"{framework.name} has no backends", "leave it out, or use name: triton"
        )


def triton_serves_a_folder(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Triton's name for a model is its folder's in the model repository."""
    name = spec.model.served_name or spec.model.id
    if spec.framework.name == "triton" and not re.fullmatch(FOLDER_NAME, name):
        short = re.sub(r"[^A-Za-z0-9._-]", "-", name.rpartition("/")[2]).lstrip("._-") or spec.name
        yield RuleProblem(
            ("model", "served_name"),
            f'triton serves a folder of the model\'s name, and "{name}" cannot be one',
            f"use served_name: {short}",
        )
