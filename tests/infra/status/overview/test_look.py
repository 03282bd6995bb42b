"""The four views together: each asked, none in the way of another."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.infra.fleet.world import AWS, FACTS, GCP, TWO, make_plan
from tests.infra.status.overview.test_endpoint import KEY, serving
from tests.infra.status.overview.world import FakeCloud, clients, inventory

from llmdeploy.infra.errors import EngineFailed, StackMissing
from llmdeploy.infra.fleet import FleetLook
from llmdeploy.infra.fleet.inventory import CloudClients
from llmdeploy.infra.preflight.clouds.errors import NoCredentials
from llmdeploy.infra.runner.events import Counts
from llmdeploy.infra.runner.result import HistoryEntry
from llmdeploy.infra.status.overview import Overlook, Subject

PLAN = make_plan(TWO)
GOOD = FleetLook(2, 2, 2)
BOTH = clients(
    FakeCloud(
        {"us-east-1": GOOD, "europe-west4": GOOD},
        {"fleet": inventory("i-1", "i-2"), "pool": inventory("g-1", "g-2")},
    )
)


def done() -> HistoryEntry:
    """An `up` that has ended this moment."""
    return HistoryEntry("up", "succeeded", datetime.now(UTC), datetime.now(UTC), "", Counts())


class FakeEngine:
    """A stack of one `up`. Without outputs it is one that failed in part."""

    def __init__(self, outputs: dict[str, Any], *, fails: bool = False) -> None:
        self._outputs, self._fails = outputs, fails

    def export(self, stack: str) -> dict[str, Any]:
        assert stack == "chat"
        return {"deployment": {"resources": [self._resource("pulumi:pulumi:Stack", "chat", self._outputs)]}}

    def outputs(self, stack: str, *, show_secrets: bool = False) -> dict[str, Any]:
        if self._fails:
            raise EngineFailed("the passphrase is wrong", "")
        return {**self._outputs, **({"api_key": KEY} if show_secrets else {})}

    def history(self, stack: str, limit: int = 10) -> tuple[HistoryEntry, ...]:
        if self._fails:
            raise EngineFailed("the backend does not answer", "")
        return (done(),)[:limit]

    def _resource(self, kind: str, name: str, outputs: dict[str, Any]) -> dict[str, Any]:
        return {"type": kind, "urn": f"urn:pulumi:chat::llmdeploy::{kind}::{name}", "outputs": outputs}


class NeverUp(FakeEngine):
    def export(self, stack: str) -> dict[str, Any]:
        raise StackMissing(stack)


class FailedInPart(FakeEngine):
    """One region was made; the stack's own outputs were not written."""

    def export(self, stack: str) -> dict[str, Any]:
        facts = self._resource("llmdeploy:stack:Facts", "aws-us-east-1-facts", FACTS[AWS])
        return {"deployment": {"resources": [self._resource("pulumi:pulumi:Stack", "chat", {}), facts]}}


def subject(engine: FakeEngine, folder: Path, clouds: CloudClients = BOTH) -> Subject:
    return Subject(PLAN, folder / "run", folder / "locks", folder / "catalog", engine, None, clouds)


def outputs(url: str) -> dict[str, Any]:
    return {
        "spec_digest": PLAN.spec_digest,
        "model": {"served_name": "chat"},
        "endpoint": url,
        "entries": {AWS: url, GCP: url},
        "regions": FACTS,
        "evacuated": [GCP],
    }


def test_all_is_well(tmp_path: Path) -> None:
    with serving() as url:
        seen = Overlook(subject(FakeEngine(outputs(url)), tmp_path)).look()
    assert (seen.worst, seen.healthy, seen.problems) == ("healthy", True, ())
    assert seen.views["state"].said.startswith("up succeeded just now")
    assert seen.views["cloud"].said == "4 of 4 instances in service"
    assert [entry.name for entry in seen.entries] == [AWS, GCP]
    assert seen.evacuated == (GCP,)
    assert seen.cost is not None
    # Nothing runs on this machine, so a glance has nothing to look at.
    assert Overlook(subject(FakeEngine({}), tmp_path)).glance(seen) is seen


def test_what_cannot_be_asked_does_not_fail_the_rest(tmp_path: Path) -> None:
    def nobody() -> Any:
        raise NoCredentials("no credentials", "log in")

    with serving() as url:
        engine = FakeEngine(outputs(url), fails=True)
        seen = Overlook(subject(engine, tmp_path, {"aws": nobody, "gcp": nobody})).look()
    assert (seen.views["cloud"].verdict, seen.cost) == ("unknown", None)
    assert seen.views["state"].verdict == "healthy"
    # Without the secrets of the stack there is no key to show.
    assert seen.views["endpoint"].verdict == "unknown"
    assert seen.worst == "unknown"
    assert f"{AWS}: no credentials; log in" in seen.problems
    assert f"{AWS}: {url} asks for a key, and the stack has not told it" in seen.problems


def test_an_up_that_failed_in_part(tmp_path: Path) -> None:
    seen = Overlook(subject(FailedInPart({}), tmp_path)).look()
    assert [(region.name, region.verdict) for region in seen.regions] == [(AWS, "healthy")]
    assert seen.views["endpoint"].verdict == "down"
    assert seen.views["endpoint"].said == "no `up` has come to its end, so nothing says where it answers"
    assert (seen.worst, seen.model) == ("down", "")


def test_never_up(tmp_path: Path) -> None:
    with pytest.raises(StackMissing):
        Overlook(subject(NeverUp({}), tmp_path)).look()
