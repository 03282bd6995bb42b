"""The program's debug messages, which hold every property, never leave it; all others do."""

from __future__ import annotations

import pytest
from pulumi.runtime.proto import engine_pb2
from pulumi.runtime.settings import get_engine
from tests.infra.runner.world import STACK, World

from llmdeploy.infra.runner.events import Diagnostic

pytestmark = pytest.mark.engine


def test_warnings_reach_the_engine_and_debug_messages_do_not(world: World) -> None:
    answers = []

    def program() -> None:
        for severity, message in ((engine_pb2.DEBUG, "every property"), (engine_pb2.WARNING, "mind this")):
            engine = get_engine()
            assert engine is not None
            answers.append(engine.Log(engine_pb2.LogRequest(severity=severity, message=message)))
        world.program({"a": {}})()

    world.runner.preview(STACK, program, world.events.append)
    unsent, sent = answers
    assert unsent is None
    assert sent is not None
    told = [each.message for each in world.events if isinstance(each, Diagnostic)]
    assert any("mind this" in message for message in told)
