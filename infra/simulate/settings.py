"""What a simulation can be told, from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.errors import SimulationError
from llmdeploy.infra.simulate.faults import Fault

_ZONE_FIELDS: Final = {"name", "id", "private"}


def _text(value: Any) -> str:
    if not isinstance(value, (str, int)):
        raise SimulationError(f"{value!r} is no text", "give a name or number")
    return str(value)


def _zones(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise SimulationError(
            "hosted_zones is no list of zones", "write {name: example.com, id: Z0123456789ABC}"
        )
    for each in value:
        if not {"name", "id"} <= set(each) <= _ZONE_FIELDS:
            raise SimulationError(
                f"a hosted zone has {', '.join(map(str, each))}", "it needs name and id, and may have private"
            )
    return [dict(each) for each in value]


SETTINGS: Final[dict[str, tuple[str, Callable[[Any], Any]]]] = {
    "account": ("the AWS account number", _text),
    "project": ("the Google Cloud project", _text),
    "project_number": ("its number", _text),
    "subscription": ("the subscription of Azure", _text),
    "tenant": ("the directory of Azure", _text),
    "region": ("the region of the simulated credentials", _text),
    "pace": ("seconds that pass in an operation of a managed service while one passes here", float),
    "hosted_zones": ("zones that are there without a resource: {name, id, private}", _zones),
}
"""Key → meaning, and how its value is read."""


def load_settings(clouds: SimulatedClouds, file: Path) -> list[str]:
    """Take settings and faults from a YAML file; returns a line for each.

    Raises:
        SimulationError: the file cannot be read or says something unknown; nothing is taken then.
    """
    import yaml

    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SimulationError(f"{file} cannot be read: {error}", "give a YAML file") from error
    if not isinstance(content, Mapping):
        raise SimulationError(f"{file} holds no settings", f"known are {', '.join([*SETTINGS, 'faults'])}")
    unknown = [key for key in content if key not in SETTINGS and key != "faults"]
    if unknown:
        raise SimulationError(
            f"{file}: there is no setting {unknown[0]!r}", f"known are {', '.join([*SETTINGS, 'faults'])}"
        )
    values = {key: SETTINGS[key][1](value) for key, value in content.items() if key != "faults"}
    faults = [Fault.read(each) for each in content.get("faults") or []]
    for key, value in values.items():
        clouds.set(key, value)
    for fault in faults:
        clouds.add_fault(fault)
    return [*(f"{key}: {value}" for key, value in values.items()), *(fault.describe() for fault in faults)]
