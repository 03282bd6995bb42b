"""Every resource of the plugin can be loaded, and is made once."""

from __future__ import annotations

import pytest

from llmdeploy.infra.provider.resources import resources
from llmdeploy.serving.frozen import Frozen


@pytest.mark.parametrize("token", resources())
def test_a_resource_is_there(token: str) -> None:
    found = resources()
    assert issubclass(found[token].inputs, Frozen)
    assert found[token] is found[token]
