"""The table names.yaml as data: where each framework keeps a figure."""

from __future__ import annotations

import datetime
from functools import cache
from importlib.resources import files

from pydantic import Field

from llmdeploy.serving.frozen import Frozen


class Place(Frozen):
    """A metric on the wire. `milliseconds`: a histogram's unit. `divided_by`: the whole it is a part of."""

    name: str
    labels: dict[str, str] = Field(default_factory=dict)
    milliseconds: bool = False
    divided_by: str | None = None


class OutcomePlace(Frozen):
    """A counter of ended requests: of one `outcome`, or of those in `label`, renamed by `outcomes`."""

    name: str
    outcome: str | None = None
    label: str | None = None
    outcomes: dict[str, str] = Field(default_factory=dict)


class Names(Frozen):
    """One framework's row. A figure has its places in order of preference; no place means no such metric."""

    source: str
    checked: datetime.date
    running: tuple[Place, ...]
    waiting: tuple[Place, ...]
    prompt_tokens: tuple[Place, ...]
    generation_tokens: tuple[Place, ...]
    time_to_first_token: tuple[Place, ...]
    time_per_output_token: tuple[Place, ...]
    kv_cache_use: tuple[Place, ...]
    requests: tuple[OutcomePlace, ...]


@cache
def names_of(framework: str) -> Names:
    """The row of `framework`.

    Raises:
        KeyError: the table has no such framework.
    """
    return _table()[framework]


@cache
def _table() -> dict[str, Names]:
    import yaml

    text = files("llmdeploy.serving.metrics").joinpath("names.yaml").read_text(encoding="utf-8")
    return {framework: Names.model_validate(row) for framework, row in yaml.safe_load(text).items()}
