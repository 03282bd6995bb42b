"""What holds for every resource of Google Cloud that has labels."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from llmdeploy.infra.simulate.checks.look import Check, Look, Problems
from llmdeploy.infra.simulate.schema import UNKNOWN, inputs, outputs

_LABEL_KEY: Final = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")
_LABEL_VALUE: Final = re.compile(r"^[a-z0-9_-]{0,63}$")
_MOST_LABELS: Final = 64
"""Source: cloud.google.com/resource-manager/docs/labels-overview, "Requirements for labels"."""


def checks_of(token: str) -> tuple[Check, ...]:
    """The checks of the properties that hold labels; a few resources call something else `labels`."""
    names = ["labels"] if "effectiveLabels" in outputs(token) else []
    names += ["userLabels"] if "userLabels" in inputs(token) else []
    return tuple(partial(_labels, name) for name in names)


def _labels(property_name: str, look: Look) -> Problems:
    labels = look.get(property_name, {})
    if len(labels) > _MOST_LABELS:
        yield (
            "badRequest",
            f"Invalid value for field 'resource.{property_name}': more than {_MOST_LABELS} labels",
        )
    for key, value in labels.items():
        if not _LABEL_KEY.match(key):
            yield (
                "badRequest",
                (
                    f"Invalid value for field 'resource.{property_name}': '{key}'. Label keys must begin "
                    "with a lower case letter and hold only lower case letters, digits, - and _, at most "
                    "63"
                ),
            )
        elif value is not UNKNOWN and not _LABEL_VALUE.match(str(value)):
            yield (
                "badRequest",
                (
                    f"Invalid value for field 'resource.{property_name}': '{value}'. Label values hold "
                    "only lower case letters, digits, - and _, at most 63"
                ),
            )
