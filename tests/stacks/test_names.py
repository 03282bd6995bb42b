"""The logical names are an interface: a changed one replaces a fleet. The golden file is changed on purpose
only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks
from tests.infra.provider.plans import plan

from llmdeploy.stacks.program import Settings, deploy

GOLDEN = Path(__file__).with_name("names.txt")


@pytest.fixture(autouse=True)
def loop_for_pulumi() -> Iterator[None]:
    """Pulumi's mocks want the thread to have an event loop, and other tests may have taken it away."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


class Recorder(mocks.Mocks):
    """Takes down every resource by type and name."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """As the engine would answer."""
        self.seen.append(f"{args.typ} {args.name}")
        outputs = {
            "port": 20000,
            "value": "sk-x",
            "endpoints": {"local/a": "http://a", "local/b": "http://b"},
        }
        return f"{args.name}-id", {**args.inputs, **outputs}

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        """No functions are called."""
        raise AssertionError(args.token)


def test_the_names_of_a_deployment_are_golden() -> None:
    recorder = Recorder()
    mocks.set_mocks(recorder, stack="chat")
    pulumi.runtime.test(lambda: deploy(plan("a", "b", replicas=2), Settings("chat", "/srv/run/chat")))()
    assert "\n".join(sorted(recorder.seen)) + "\n" == GOLDEN.read_text()
