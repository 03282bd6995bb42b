"""The open models that the catalog describes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from llmdeploy.serving.catalog.table import read_row, read_table, row_names
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
    checked: str = ""
    """ISO date."""

    @property
    def verified(self) -> bool:
        """Whether a source confirms the model's shape, and not its parameter count alone."""
        return "unverified" not in self.source


@cache
def catalog_names() -> dict[str, str]:
    """The hub id of every model of the catalog, by itself in lower case."""
    return {name.lower(): name for name in row_names("models")}


@cache
def catalog_models() -> dict[str, CatalogModel]:
    """Every model of the catalog by its hub id."""
    return {name: _model(name, row) for name, row in read_table("models").items()}


@cache
def catalog_architecture(name: str) -> Architecture:
    """The architecture of a catalog model.

    Raises:
        KeyError: the catalog has no such model.
    """
    row = read_row("models", name)
    described = read_row("models", row["same_as"]) if "same_as" in row else row
    architecture = read_config(name, described["config"], source="models.yaml")
    return replace(architecture, verified=_model(name, row).verified)


def _model(name: str, row: dict[str, Any]) -> CatalogModel:
    return CatalogModel(
        id=name,
        parameters=row["parameters"],
        active_parameters=row.get("active_parameters", row["parameters"]),
        licence=row["licence"],
        gated=row.get("gated", False),
        source=row["source"],
        checked=str(row["checked"]),
    )
