"""How the table of the clouds' own services looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmdeploy.cli.render.catalog import Listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmdeploy.serving.catalog.managed import ServiceFact
    from llmdeploy.serving.spec.managed import Service

SHOWN = {
    "framework-version": "framework.version",
    "framework-args": "framework.args",
    "weights-format": "quantization",
    "kv-cache": "quantization.kv_cache",
    "speculative": "speculative",
    "speculative-model": "speculative.model",
    "adapters": "model.adapters",
    "runtime-adapters": "model.runtime_adapters",
    "parallel": "parallel",
    "batching": "batching",
    "structured-output": "structured_output",
    "hardware": "hardware.gpu, count",
    "spot": "hardware.purchase: spot",
    "scale-to-zero": "scaling.min: 0",
    "always-on": "scaling.min: 1 and more",
    "scaling": "scaling.max, metric, target",
    "hub": "model: a hub id",
    "gated-hub": "model: a gated hub id",
    "s3": "model: s3://…",
    "gs": "model: gs://…",
}
"""Each feature of managed-services.yaml as the field of a spec that asks for it."""


def service_listing(service: Service | None, provider: str | None) -> Listing:
    """What each service can and cannot, and its limits: of one, of one cloud's, or of all."""
    from llmdeploy.serving.catalog.managed import SERVICES, managed_service

    wanted = [
        name
        for name in SERVICES
        if service in (None, name) and provider in (None, managed_service(name).provider)
    ]
    told = [(name, kind, title, fact) for name in wanted for kind, title, fact in _facts(name)]
    rows: list[tuple[str, str, str]] = []
    shown = None
    for name, kind, title, fact in told:
        rows.append((name if name != shown else "", title, _answer(kind, fact)))
        shown = name
    return Listing(
        ("service", "what", "answer"),
        rows,
        [_document(*one) for one in told],
        ("Prices: `llmdeploy catalog managed --prices`. `--json` has the source of every row.",),
    )


def _facts(name: Service) -> Iterator[tuple[str, str, ServiceFact]]:
    """Every fact of a service, with its kind and title, in the order of the table."""
    from llmdeploy.serving.catalog.managed import frame_facts, managed_service

    service = managed_service(name)
    yield from (("is", title, fact) for title, fact in frame_facts(name).items())
    yield from (("can", SHOWN[feature], fact) for feature, fact in service.features.items())
    yield from (("limit", title, fact) for title, fact in service.facts.items())


def _answer(kind: str, fact: ServiceFact) -> str:
    if kind != "can":
        return fact.text
    return "yes" if fact.can else f"no: {fact.text}"


def _document(name: Service, kind: str, title: str, fact: ServiceFact) -> dict[str, Any]:
    from llmdeploy.serving.catalog.managed import managed_service

    service = managed_service(name)
    about = {"service": name, "provider": service.provider, "shown": service.shown}
    answer = {"can": fact.can} if kind == "can" else {}
    return {
        **about,
        "what": title,
        **answer,
        "text": fact.text,
        "source": fact.source,
        "checked": fact.checked,
    }
