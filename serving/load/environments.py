"""The environments of a spec: which there are, and what is wrong with each."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from llmdeploy.serving.errors import Problem
from llmdeploy.serving.load.check import Checked, check
from llmdeploy.serving.load.document import Document, Path, shown_path
from llmdeploy.serving.load.overlay import ENVIRONMENTS, with_environment
from llmdeploy.serving.spec.suggest import instead_of
from llmdeploy.serving.spec.values import DNS_LABEL, NAME_LENGTH, shown


@dataclass(frozen=True, slots=True)
class Environment:
    """The spec with one environment laid over it."""

    document: Document
    checked: Checked


def check_environments(document: Document, file: str) -> tuple[dict[str, Environment], list[Problem]]:
    """Every environment that has the right shape, checked; and the problems of those that have not."""
    given = document.data.get(ENVIRONMENTS)
    if given is None:
        return {}, []
    if not isinstance(given, dict):
        return {}, [_at(document, file, (ENVIRONMENTS,), "must be a mapping", "write dev: and what differs")]
    problems = []
    environments = {}
    for name, value in given.items():
        path = (ENVIRONMENTS, name)
        if len(name) > NAME_LENGTH or not _is_label(name):
            mend = f"use at most {NAME_LENGTH} lower-case letters, digits and dashes"
            problems.append(_at(document, file, path, f"{shown(name)} cannot name an environment", mend))
        elif not isinstance(value, dict):
            problems.append(_at(document, file, path, "must be a mapping", "write the keys that differ"))
        else:
            overlay = with_environment(document, name)
            environments[name] = Environment(overlay, check(overlay, file))
    return environments, problems


def unknown_environment(document: Document, file: str, wanted: str) -> Problem:
    """The problem of an environment that was asked for and is not there."""
    given = document.data.get(ENVIRONMENTS)
    names = list(given) if isinstance(given, dict) else []
    mend = instead_of(wanted, names) if names else "add environments: to the spec, or ask for none"
    place = document.place((ENVIRONMENTS,))
    words = f"there is no environment {shown(wanted)}"
    return Problem(file, place.key_line, place.key_column, ENVIRONMENTS, words, mend)


def problems_of_all(
    plain: Checked, environments: dict[str, Environment], chosen: str | None
) -> list[Problem]:
    """The problems of the spec and of each environment, chosen or not.

    Those that an environment causes outside itself name it. When one is chosen, the spec alone need not
    be whole.
    """
    target = environments[chosen].checked if chosen in environments else plain
    found = list(plain.problems) if target is plain else []
    known = set(plain.problems) & set(target.problems)
    for name, environment in environments.items():
        inside = shown_path((ENVIRONMENTS, name))
        for problem in environment.checked.problems:
            caused = problem not in known and not problem.path.startswith(inside)
            found.append(
                replace(problem, problem=f"{problem.problem} (with {inside})") if caused else problem
            )
    return list(dict.fromkeys(found))


def _is_label(name: str) -> bool:
    return re.fullmatch(DNS_LABEL, name) is not None


def _at(document: Document, file: str, path: Path, problem: str, mend: str) -> Problem:
    place = document.place(path)
    return Problem(file, place.key_line, place.key_column, shown_path(path), problem, mend)
