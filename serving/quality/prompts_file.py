"""Reads the prompts of a quality gate: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from llmdeploy.serving.errors import Problem, SpecErrors
from llmdeploy.serving.quality.case import Case
from llmdeploy.serving.quality.gate import Gate
from llmdeploy.serving.quality.line import Fault, case_of, faults
from llmdeploy.serving.spec.evaluation import Check

MOST_BYTES: Final = 16 << 20
"""16 MiB: thousands of prompts of some pages each."""
MOST_PROBLEMS: Final = 20
"""Of one file; a file of another format has one in every line."""


def read_cases(gate: Gate) -> tuple[Case, ...]:
    """The prompts of a gate, checked.

    Raises:
        SpecErrors: the file cannot be read (said where the spec names it), or lines of it are wrong.
    """
    text = _text(gate)
    cases: list[Case] = []
    problems: list[Problem] = []
    # Not splitlines(): JSON may hold a line separator of Unicode as it is.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        row, found = _read(line, gate.evaluation.check)
        problems += [_problem(gate, number, fault) for fault in found]
        if not found:
            cases.append(case_of(number, row))
    if problems:
        raise SpecErrors(_some(problems, gate))
    if not cases:
        raise _refused(gate, "holds no prompt", "write one JSON object a line, with a prompt in it")
    return tuple(cases)


def gate_problems(gates: Iterable[Gate]) -> tuple[Problem, ...]:
    """What keeps any of these gates from being run, each problem once."""
    found: dict[Problem, None] = {}
    for gate in dict.fromkeys(gates):
        try:
            read_cases(gate)
        except SpecErrors as errors:
            found |= dict.fromkeys(errors.problems)
    return tuple(found)


def _read(line: str, check: Check) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        problem = f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        return {}, (Fault("", problem, "write one JSON object a line", error.colno),)
    except (ValueError, RecursionError) as error:
        return {}, (Fault("", f"cannot be read: {error}", "write one JSON object a line"),)
    return row, tuple(faults(row, check))


def _text(gate: Gate) -> str:
    try:
        with open(gate.prompts_file, "rb") as stream:  # noqa: PTH123
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        mend = "name a file of prompts; its path is taken from the spec's folder"
        raise _refused(gate, f"cannot be read: {reason}", mend) from None
    if len(content) > MOST_BYTES:
        raise _refused(gate, "is larger than 16 MiB", "keep what tells a good version from a bad one")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(gate, "is not UTF-8 text", "save it as UTF-8") from None


def _problem(gate: Gate, line: int, fault: Fault) -> Problem:
    path = f"prompts.{fault.key}" if fault.key else "prompts"
    return Problem(gate.prompts_file, line, fault.column, path, fault.problem, fault.mend)


def _some(problems: list[Problem], gate: Gate) -> Iterator[Problem]:
    yield from problems[:MOST_PROBLEMS]
    if rest := problems[MOST_PROBLEMS:]:
        yield Problem(
            gate.prompts_file, rest[0].line, 1, "prompts", f"{len(rest)} more problems from here on"
        )


def _refused(gate: Gate, problem: str, mend: str) -> SpecErrors:
    whole = f"{gate.prompts_file} {problem}"
    return SpecErrors([Problem(gate.spec_file, gate.line, gate.column, gate.path, whole, mend)])
