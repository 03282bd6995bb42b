"""The catalog's models: every row can be read, and its architecture accounts for its published parameters."""

from __future__ import annotations

from datetime import date

import pytest

from llmdeploy.serving.catalog.models import catalog_architecture, catalog_models
from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.models.tensor import Part
from llmdeploy.serving.sizing.formats import FORMATS

MODELS = sorted(catalog_models())
PARAMETERS = 0.01
ACTIVE = 0.05


def test_many_models() -> None:
    assert len(MODELS) >= 40


@pytest.mark.parametrize("name", MODELS)
def test_parameters_follow_from_the_architecture(name: str) -> None:
    published = catalog_models()[name].parameters
    assert catalog_architecture(name).parameters == pytest.approx(published, rel=PARAMETERS)


@pytest.mark.parametrize("name", MODELS)
def test_active_parameters_follow_from_the_architecture(name: str) -> None:
    """Model cards differ in whether they count embedding and head, so the figure lies between the two."""
    architecture, published = catalog_architecture(name), catalog_models()[name].active_parameters
    ends = sum(
        tensor.parameters
        for tensor in architecture.outer_tensors()
        if tensor.part in (Part.EMBEDDING, Part.HEAD)
    )
    most = architecture.active_parameters
    assert (most - ends - architecture.vision) * (1 - ACTIVE) <= published <= most * (1 + ACTIVE)


def test_every_row_says_whence_and_when() -> None:
    for name, row in read_table("models").items():
        assert row["source"], name
        assert isinstance(row["checked"], date), name
        assert ("config" in row) != ("same_as" in row), name


def test_every_model_is_of_a_known_kind_and_format() -> None:
    for name in MODELS:
        architecture = catalog_architecture(name)
        assert architecture.known, name
        assert architecture.native in FORMATS, name
