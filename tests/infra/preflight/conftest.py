"""Plans of cloud specs, and clouds that answer what a test says."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from llmdeploy.infra.preflight.clouds.protocol import Clients, Cloud, Held, Identity, Quota, QuotaName
from llmdeploy.infra.preflight.plan_tasks import Preflight
from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan
from llmdeploy.stacks.pins import Pins

MACHINE = Machine(cpus=2, memory_gib=8, gpus=0, vllm_python="", smollm2="missing")
BASE = """\
name: chat
model: {id: meta-llama/Llama-3.1-8B-Instruct, context_length: 8192}
framework: vllm
quantization: fp8
"""
SPOT_PRICES = {
    "sources": [{"source": "a test", "checked": "2026-11-24"}],
    "regions": {
        "us-east-1": {"p5.4xlarge": {"spot": 3.0}},
        "us-east-2": {"p6-b200.48xlarge": {"spot": 50.0}},
    },
}
"""Of instances for which the catalog has no spot price."""
DIGEST = "sha256:" + "a" * 64

MakePlan = Callable[[str], Plan]


@dataclass
class FakeCloud:
    """A cloud that has plenty, but for what a test sets. A value that is an exception is raised."""

    answers: dict[str, object] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def _answer(self, question: str, default: object, *about: str) -> object:
        self.asked.append((question, *about))
        for key in (" ".join((question, *about)), f"{question} {about[0]}" if about else question, question):
            if key in self.answers:
                found = self.answers[key]
                if callable(found):
                    found = found()
                if isinstance(found, Exception):
                    raise found
                return found
        return default

    def identity(self) -> Identity:
        return self._answer("identity", Identity("someone", "1234"))

    def denied(self) -> Sequence[str]:
        return self._answer("denied", ())

    def disabled_services(self) -> Sequence[str]:
        return self._answer("services", ())

    def region_state(self, location: str) -> str:
        return self._answer("region", "enabled", location)

    def quota(self, location: str, name: QuotaName) -> Quota | None:
        return self._answer("quota", Quota(1000.0, 0.0), location, name.code)

    def held(self, location: str, stack: str) -> Held:
        return self._answer("held", Held(), location, stack)

    def zones_offering(self, location: str, instance: str) -> Sequence[str]:
        return self._answer("zones", [f"{location}a", f"{location}b"], location, instance)

    def machine_image(self, location: str) -> str:
        return self._answer("machine", f"ami-{location}", location)

    def holds(self, location: str, bucket: str, prefix: str) -> bool:
        return self._answer("holds", True, bucket, prefix)

    def spot_score(self, location: str, instance: str, count: int) -> int | None:
        return self._answer("spot", 9, location)

    def public_zone(self, domain: str) -> str | None:
        return self._answer("domain", "example.com", domain)


@dataclass
class FakeRegistry:
    digest_of: str | Exception | None = DIGEST
    asked: int = 0

    def digest(self, image: str, tag: str) -> str | None:
        self.asked += 1
        if isinstance(self.digest_of, Exception):
            raise self.digest_of
        return self.digest_of


@dataclass
class FakeHub:
    access_of: str | Exception = "open"
    token: bool = False

    def access(self, model: str, revision: str | None) -> str:
        if isinstance(self.access_of, Exception):
            raise self.access_of
        return self.access_of

    def has_token(self) -> bool:
        return self.token


@pytest.fixture
def make_plan(tmp_path: Path) -> MakePlan:
    """The plan of a spec: the base above, and the lines given."""

    def make(lines: str) -> Plan:
        spec = tmp_path / "spec.yaml"
        given = textwrap.dedent(lines)
        keys = {
            line.partition(":")[0] for line in given.splitlines() if line and not line.startswith((" ", "-"))
        }
        base = [line for line in BASE.splitlines() if line.partition(":")[0] not in keys]
        spec.write_text("\n".join([*base, given]))
        (tmp_path / "prices-aws.json").write_text(json.dumps(SPOT_PRICES))
        return build_plan(load_spec(spec), MACHINE, tmp_path)

    return make


@pytest.fixture
def preflight_of(tmp_path: Path, make_plan: MakePlan) -> Callable[..., Preflight]:
    """A preflight of spec lines, with fakes."""

    def make(
        lines: str,
        aws: Cloud | None = None,
        gcp: Cloud | None = None,
        registry: FakeRegistry | None = None,
        hub: FakeHub | None = None,
        pins: Pins | None = None,
    ) -> Preflight:
        clients = Clients(
            {"aws": lambda: aws or FakeCloud(), "gcp": lambda: gcp or FakeCloud()},
            registry or FakeRegistry(),
            hub or FakeHub(),
        )
        return Preflight(make_plan(lines), clients, tmp_path, pins or Pins())

    return make
