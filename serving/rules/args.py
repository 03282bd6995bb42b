"""Rules about `framework.args`, the way past llmdeploy to a server's own flags."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.catalog.flags import Flag, FlagTable, flag_table
from llmdeploy.serving.catalog.frameworks import framework_facts
from llmdeploy.serving.rules.features import server_of
from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.framework import ArgScalar, ArgValue
from llmdeploy.serving.spec.suggest import closest, instead_of
from llmdeploy.serving.spec.values import shown

Wrong = tuple[str, str]
"""What is wrong, and the mend."""


def args_leave_to_llmdeploy_what_is_its_own(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Flags that llmdeploy sets itself would otherwise be given twice."""
    if spec.framework.name == "custom":
        return
    facts = framework_facts(spec.framework.name)
    for flag in spec.framework.args:
        key = plain(flag)
        if flag.startswith("-"):
            yield RuleProblem(("framework", "args", flag), "begins with a dash", f"write {flag.lstrip('-')}")
        elif key in facts.reserved:
            mend = f"use {facts.reserved[key]}" if facts.reserved[key] else "leave it out"
            yield RuleProblem(("framework", "args", flag), "is set by llmdeploy", mend)
        elif key in facts.removed and spec.framework.version in (None, *facts.versions):
            mend = f"use {facts.removed[key]}" if facts.removed[key] else "leave it out"
            version = spec.framework.version or facts.version
            yield RuleProblem(("framework", "args", flag), f"is gone from {facts.name} {version}", mend)


def args_are_flags_of_the_version(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Every flag is one that this version has, with a value that its parser takes."""
    if not spec.framework.args or spec.framework.name == "custom":
        return
    facts = framework_facts(spec.framework.name)
    table = args_table(spec)
    if table is None:
        return
    for name, value in spec.framework.args.items():
        path = ("framework", "args", name)
        if name.startswith("-") or plain(name) in {**facts.reserved, **facts.removed}:
            continue
        flag = table.find(name)
        if flag is None:
            version = spec.framework.version or facts.version
            problem = f"{shown(name)} is not a flag of {facts.name} {version}"
            meant = closest(plain(name), table.flags)
            mend = f"did you mean {meant}?" if meant else f"look for it in the documentation of {facts.name}"
            yield RuleProblem(path, problem, mend)
        elif wrong := _wrong_value(flag, value, "." in name):
            yield RuleProblem(path, *wrong)


def args_table(spec: ServingSpec) -> FlagTable | None:
    """The flags that `framework.args` may name; None where nothing is known of them."""
    server = server_of(spec)
    if server == "triton-vllm":
        known = spec.framework.version in (None, *framework_facts("triton").versions)
        return flag_table("vllm", framework_facts("vllm").version, engine_only=True) if known else None
    return flag_table(server, spec.framework.version or framework_facts(spec.framework.name).version)


def plain(flag: str) -> str:
    """A flag as the tables have it: no dashes before, dashes within."""
    return flag.lstrip("-").replace("_", "-")


def _wrong_value(flag: Flag, value: ArgValue, in_json: bool) -> Wrong | None:
    if in_json:
        return None
    if flag.type == "switch":
        return _wrong_switch(flag, value)
    if isinstance(value, bool):
        return f"{shown(value)} says nothing to {flag.name}", "give it a value"
    if isinstance(value, tuple) and not flag.many:
        return f"{flag.name} takes one value", "give one"
    for one in value if isinstance(value, tuple) else (value,):
        if flag.choices and str(one) not in flag.choices:
            return f"{shown(one)} is not a value of {flag.name}", instead_of(str(one), flag.choices)
        if flag.type in ("int", "float") and not _reads_as(flag.type, one):
            kind = "a whole number" if flag.type == "int" else "a number"
            return f"{shown(one)} is not {kind}", f"give {flag.name} {kind}"
    return None


def _wrong_switch(flag: Flag, value: ArgValue) -> Wrong | None:
    if not isinstance(value, bool):
        return f"{flag.name} takes no value", "write true" + (" or false" if flag.negative else "")
    if value is False and not flag.negative:
        return f"there is no --no-{flag.name}", "leave it out"
    return None


def _reads_as(kind: str, value: ArgScalar) -> bool:
    try:
        int(str(value)) if kind == "int" else float(value)
    except ValueError:
        return False
    return True
