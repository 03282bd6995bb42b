"""A spec file in, a checked spec out; or every problem at once."""

from __future__ import annotations

import hashlib
import json
import os

from llmdeploy.serving.errors import SpecErrors
from llmdeploy.serving.load.check import check
from llmdeploy.serving.load.environments import check_environments, problems_of_all, unknown_environment
from llmdeploy.serving.load.gates import gates_of
from llmdeploy.serving.load.loaded import LoadedSpec
from llmdeploy.serving.load.overlay import without_environments
from llmdeploy.serving.load.spec_file import read_spec_file, require_size
from llmdeploy.serving.load.yaml_reader import read_yaml
from llmdeploy.serving.spec import ServingSpec


def load_spec(path: str | os.PathLike[str], environment: str | None = None) -> LoadedSpec:
    """The spec in a file, with an environment laid over it.

    Raises:
        SpecErrors: the file cannot be read, or holds anything but a valid spec; every problem of it.
    """
    file = os.fspath(path)
    return parse_spec(read_spec_file(file), file, environment)


def parse_spec(text: str, file: str, environment: str | None = None) -> LoadedSpec:
    """The spec in a text, with an environment laid over it; `file` names the text in messages.

    Raises:
        SpecErrors: the text holds anything but a valid spec; every problem of it.
    """
    require_size(len(text), file)
    document, misread = read_yaml(text, file)
    base = without_environments(document)
    plain = check(base, file)
    environments, problems = check_environments(document, file)
    problems += problems_of_all(plain, environments, environment)
    if environment is not None and environment not in environments:
        problems.append(unknown_environment(document, file, environment))
    # What is wrong with the text of a value explains whatever that makes of its meaning.
    explained = {(problem.line, problem.column) for problem in misread}
    problems = [problem for problem in problems if (problem.line, problem.column) not in explained]
    target = environments[environment].checked if environment in environments else plain
    if misread or problems or target.spec is None:
        raise SpecErrors([*misread, *problems])
    return LoadedSpec(
        spec=target.spec,
        file=file,
        environment=environment or "",
        environments=tuple(environments),
        digest=digest_of(target.spec),
        warnings=tuple(sorted(target.warnings)),
        document=environments[environment].document if environment in environments else base,
        gates=gates_of(plain, base, environments, file),
    )


def digest_of(spec: ServingSpec) -> str:
    """sha256 of what a spec says, however it is written. Keys at their default do not count."""
    values = spec.model_dump(mode="json", exclude_defaults=True)
    return hashlib.sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
