"""The open models that the catalog describes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.models.architecture import Architecture
from llmdeploy.serving.models.config import read_config


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """One model. `parameters` is the published count, `active_parameters` those that one token meets."""

    id: str
    parameters: int
    active_parameters: int
    licence: str
    gated: bool
    """The hub asks to accept the licence before a download."""
    source: str


@cache
def catalog_models() -> dict[str, CatalogModel]:
    """Every model of the catalog by its hub id."""
    return {
        name: CatalogModel(
            id=name,
            parameters=row["parameters"],
            active_parameters=row.get("active_parameters", row["parameters"]),
            licence=row["licence"],
            gated=row.get("gated", False),
            source=row["source"],
        )
        for name, row in read_table("models").items()
    }


@cache
def catalog_architecture(name: str) -> Architecture:
    """The architecture of a catalog model.

    Raises:
        KeyError: the catalog has no such model.
    """
    rows = read_table("models")
    row = rows[name]
    described = rows[row["same_as"]] if "same_as" in row else row
    return read_config(name, described["config"], source="models.yaml")
