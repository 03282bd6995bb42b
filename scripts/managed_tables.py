"""Writes the tables of docs/managed.md out of the catalog.

.venv/bin/python -m scripts.managed_tables
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scripts.markdown_tables import header, row, written

from llmdeploy.cli.render.managed_services import SHOWN
from llmdeploy.serving.catalog.managed import SERVICES, ServiceFact, frame_facts, managed_service

PAGE = Path(__file__).parents[1] / "docs" / "managed.md"


def services() -> Iterator[str]:
    """What each service is."""
    yield from header(("", *(managed_service(name).shown for name in SERVICES)))
    yield row(("`managed.service`", *(f"`{name}`" for name in SERVICES)))
    for title in ("regions", "GPUs", "frameworks", "models"):
        yield row((title, *(_frame(title, frame_facts(name)) for name in SERVICES)))


def features() -> Iterator[str]:
    """What each service can do."""
    yield from header(("In a spec", *(managed_service(name).shown for name in SERVICES)))
    for feature, field in SHOWN.items():
        cells = (managed_service(name).features[feature].can for name in SERVICES)
        yield row((field, *("yes" if can else "no" for can in cells)))


def reasons() -> Iterator[str]:
    """Why not, each reason once a service."""
    for name in SERVICES:
        service = managed_service(name)
        found: dict[tuple[str, str], list[str]] = {}
        for feature, fact in service.features.items():
            if not fact.can:
                found.setdefault((fact.text, fact.source), []).append(SHOWN[feature])
        for (text, source), fields in found.items():
            yield f"- {service.shown}, {'; '.join(fields)}: {text} ({source})."


def limits() -> Iterator[str]:
    """What no spec can change, with sources."""
    yield from header(("Limit", "Service", "", "Source"))
    titles = dict.fromkeys(title for name in SERVICES for title in managed_service(name).facts)
    for title in titles:
        for name in SERVICES:
            fact = managed_service(name).facts.get(title)
            if fact is not None:
                yield row((title, managed_service(name).shown, fact.text, f"{fact.source}, {fact.checked}"))


def _frame(title: str, facts: dict[str, ServiceFact]) -> str:
    if title not in facts:
        return "what the framework runs"
    text = facts[title].text
    return f"{text.count(', ') + 1} of its cloud's" if text.count(", ") > 15 else text


TABLES = {"services": services, "features": features, "reasons": reasons, "limits": limits}


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8"), TABLES), "utf-8")
