"""Rules about the framework and its flags."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.catalog.frameworks import framework_facts
from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec

PLACEHOLDERS = ("port", "weights", "name", "region")
"""What a custom command may leave to llmdeploy."""

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


def args_leave_to_llmdeploy_what_is_its_own(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Flags that llmdeploy sets itself would otherwise be given twice."""
    if spec.framework.name == "custom":
        return
    facts = framework_facts(spec.framework.name)
    for flag in spec.framework.args:
        key = _plain(flag)
        if flag.startswith("-"):
            yield RuleProblem(("framework", "args", flag), "begins with a dash", f"write {flag.lstrip('-')}")
        elif key in facts.reserved:
            mend = f"use {facts.reserved[key]}" if facts.reserved[key] else "leave it out"
            yield RuleProblem(("framework", "args", flag), "is set by llmdeploy", mend)
        elif key in facts.removed and spec.framework.version in (None, *facts.versions):
            mend = f"use {facts.removed[key]}" if facts.removed[key] else "leave it out"
            version = spec.framework.version or facts.version
            yield RuleProblem(("framework", "args", flag), f"is gone from {facts.name} {version}", mend)


def _plain(flag: str) -> str:
    return flag.lstrip("-").replace("_", "-")
