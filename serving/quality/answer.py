"""Whether an answer is what its case asks for: the checks that ask nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from llmdeploy.serving.quality.case import Case, Result, excerpt
from llmdeploy.serving.quality.schema import violation
from llmdeploy.serving.spec.evaluation import Check

FENCE = re.compile(r"\A\s*```(?:json)?[ \t]*\n(.*)\n[ \t]*```\s*\Z", re.DOTALL | re.IGNORECASE)
"""A whole answer inside a fence, as models like to write JSON."""


def check_answer(check: Check, case: Case, answer: str) -> Result:
    """Hold an answer against its case.

    Raises:
        LlmdeployError: a schema cannot be checked, as jsonschema is not installed.
        KeyError: the check is one that a model makes.
    """
    return CHECKS[check](case, answer)


def _exact(case: Case, answer: str) -> Result:
    wanted, given = case.expect.strip(), answer.strip()
    if wanted == given:
        return Result(True)
    return Result(False, f'expected "{excerpt(wanted, 80)}", got "{excerpt(given, 80)}"')


def _regex(case: Case, answer: str) -> Result:
    if re.search(case.pattern, answer):
        return Result(True)
    return Result(False, f"{excerpt(case.pattern, 80)} is not found in it")


def _json_schema(case: Case, answer: str) -> Result:
    fenced = FENCE.match(answer)
    try:
        value = json.loads(fenced[1] if fenced else answer, parse_constant=_refused)
    except RecursionError:
        return Result(False, "is nested too deeply")
    except ValueError as error:
        return Result(False, f"is not JSON: {error}")
    why = violation(case.schema, value)
    return Result(not why, why)


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


CHECKS: Final[Mapping[Check, Callable[[Case, str], Result]]] = {
    "exact": _exact,
    "json-schema": _json_schema,
    "regex": _regex,
}
