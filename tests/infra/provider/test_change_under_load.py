"""Clients notice nothing while a deployment is scaled and updated."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from tests.infra.provider.deployment import Deployment
from tests.infra.provider.plans import plan

pytestmark = [pytest.mark.engine, pytest.mark.slow]

CLIENTS = 3
PAUSE_S = 0.02


@contextmanager
def load(deployment: Deployment) -> Iterator[Counter[str]]:
    """A few clients that ask all the time; counts answers by what came back."""
    seen: Counter[str] = Counter()
    stop = threading.Event()

    def ask() -> None:
        url = f"{deployment.outputs['endpoint']}/chat/completions"
        headers = {"authorization": f"Bearer {deployment.outputs['api_key']}"}
        body = {"model": "model", "messages": [{"role": "user", "content": "hi"}]}
        with httpx.Client(headers=headers, timeout=10) as client:
            while not stop.wait(PAUSE_S):
                try:
                    response = client.post(url, json=body)
                except httpx.HTTPError as error:
                    seen[repr(error)] += 1
                else:
                    good = response.status_code == 200
                    seen["ok" if good else f"{response.status_code} {response.text}"] += 1

    clients = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        yield seen
        time.sleep(0.5)
    finally:
        stop.set()
        for client in clients:
            client.join()


def test_no_request_fails_while_replicas_come_change_and_go(deployment: Deployment) -> None:
    slow = ("--answer-s", "0.05")
    changed = (*slow, "--say", "changed")
    deployment.up(plan("a", replicas=1, arguments=slow))
    with load(deployment) as seen:
        grown = deployment.up(plan("a", replicas=2, arguments=slow))
        updated = deployment.up(plan("a", replicas=2, arguments=changed))
        shrunk = deployment.up(plan("a", replicas=1, arguments=changed))
    assert grown.ops == {"local-a-1": "create", "gateway": "update"}
    assert updated.ops == {"local-a-0": "update", "local-a-1": "update"}
    assert shrunk.ops == {"local-a-1": "delete", "gateway": "update"}
    assert set(seen) == {"ok"}
    assert seen["ok"] > 50
    answer = deployment.chat().json()["choices"][0]["message"]["content"]
    assert answer == "changed"
