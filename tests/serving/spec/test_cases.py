"""A case is a file: a spec with what it resolves to in good/, or with its exact errors in bad/.

`# --env NAME` in the first line chooses an environment.
"""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from llmdeploy.serving.errors import SpecErrors
from llmdeploy.serving.load import LoadedSpec, parse_spec
from llmdeploy.serving.load.dump import dump_spec
from llmdeploy.serving.load.overlay import with_environment, without_environments
from llmdeploy.serving.load.yaml_reader import read_yaml
from llmdeploy.serving.rules import RULES, Rule
from llmdeploy.serving.spec import ServingSpec

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[2] / "stacks" / "examples"
GOOD = sorted((HERE / "good").glob("*.yaml"))
BAD = sorted((HERE / "bad").glob("*.yaml"))


def load_case(case: Path) -> LoadedSpec:
    text = case.read_text("utf-8")
    chosen = re.match(r"# --env (\S+)\n", text)
    return parse_spec(text, case.name, chosen[1] if chosen else None)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.stem)
def test_a_good_spec_resolves_to_what_it_means(case: Path) -> None:
    loaded = load_case(case)
    resolved = {
        "spec": loaded.spec.model_dump(mode="json", exclude_defaults=True),
        "environment": loaded.environment,
        "environments": list(loaded.environments),
        "warnings": [str(warning) for warning in loaded.warnings],
    }
    assert resolved == json.loads(case.with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.stem)
def test_a_bad_spec_gives_exactly_its_errors(case: Path) -> None:
    with pytest.raises(SpecErrors) as raised:
        load_case(case)
    assert f"{raised.value}\n" == case.with_suffix(".errors").read_text("utf-8")


@pytest.mark.parametrize("case", [*GOOD, *sorted(EXAMPLES.glob("*.yaml"))], ids=lambda case: case.stem)
def test_what_is_written_back_means_the_same(case: Path) -> None:
    loaded = load_case(case)
    again = parse_spec(dump_spec(loaded.spec), "again.yaml")
    assert again.spec == loaded.spec
    assert again.digest == loaded.digest


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.yaml")), ids=lambda example: example.stem)
def test_every_environment_of_an_example_can_be_chosen(example: Path) -> None:
    text = example.read_text("utf-8")
    plain = parse_spec(text, example.name)
    for name in plain.environments:
        assert parse_spec(text, example.name, name).digest != plain.digest


def test_every_rule_has_a_case_that_breaks_it() -> None:
    found = {rule.__name__ for case in BAD for rule in rules_broken_by(case)}
    assert {rule.__name__ for rule in RULES} - found == set()


def rules_broken_by(case: Path) -> list[Rule]:
    """The rules that find something in a case whose parts are right, or in one of its environments."""
    try:
        document, _ = read_yaml(case.read_text("utf-8"), case.name)
    except SpecErrors:
        return []
    environments = document.data.get("environments")
    named = environments if isinstance(environments, dict) else {}
    overlays = [name for name, overlay in named.items() if isinstance(overlay, dict)]
    whole = [without_environments(document), *(with_environment(document, name) for name in overlays)]
    specs = []
    for candidate in whole:
        with contextlib.suppress(ValidationError):
            specs.append(ServingSpec.model_validate(candidate.data))
    return [rule for rule in RULES for spec in specs if list(rule(spec))]
