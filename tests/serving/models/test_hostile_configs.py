"""Whatever a config.json holds, reading it gives an architecture or the project's own error."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.models.config import read_config
from llmdeploy.serving.models.errors import BadModelFile

CONFIGS = [row["config"] for row in read_table("models").values() if "config" in row]
KEYS = sorted({key for config in CONFIGS for key in config})
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def read(config: dict[str, Any]) -> None:
    try:
        architecture = read_config("acme/model", config)
    except BadModelFile:
        return
    assert architecture.parameters > 0
    assert architecture.active_parameters <= architecture.parameters


# No deadline: a busy machine is no fault of the reader.
@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=20))
def test_any_values(config: dict[str, Any]) -> None:
    read(config)


@settings(deadline=None)
@given(st.sampled_from(CONFIGS), st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1, max_size=3))
def test_a_sound_config_with_a_few_values_changed(config: dict[str, Any], changes: dict[str, Any]) -> None:
    read({**config, **changes})
