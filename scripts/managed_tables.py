"""Writes the tables of docs/managed.md out of the catalog.

.venv/bin/python scripts/managed_tables.py
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from llmdeploy.cli.render.managed_services import SHOWN
from llmdeploy.serving.catalog.managed import SERVICES, ServiceFact, frame_facts, managed_service

PAGE = Path(__file__).parents[1] / "docs" / "managed.md"


def written(page: str) -> str:
    """A page with what is between its markers written anew."""
    for name, lines in TABLES.items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        body = "\n".join(lines())
        page = re.sub(f"{begin}.*?{end}", lambda _, t=f"{begin}\n{body}\n{end}": t, page, flags=re.DOTALL)
    return page


def services() -> Iterator[str]:
    """What each service is."""
    yield from _header(("", *(managed_service(name).shown for name in SERVICES)))
    yield _row(("`managed.service`", *(f"`{name}`" for name in SERVICES)))
    for title in ("regions", "GPUs", "frameworks", "models"):
        yield _row((title, *(_frame(title, frame_facts(name)) for name in SERVICES)))


def features() -> Iterator[str]:
    """What each service can do."""
    yield from _header(("In a spec", *(managed_service(name).shown for name in SERVICES)))
    for feature, field in SHOWN.items():
        cells = (managed_service(name).features[feature].can for name in SERVICES)
        yield _row((field, *("yes" if can else "no" for can in cells)))


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
    yield from _header(("Limit", "Service", "", "Source"))
    titles = dict.fromkeys(title for name in SERVICES for title in managed_service(name).facts)
    for title in titles:
        for name in SERVICES:
            fact = managed_service(name).facts.get(title)
            if fact is not None:
                yield _row((title, managed_service(name).shown, fact.text, f"{fact.source}, {fact.checked}"))


def _frame(title: str, facts: dict[str, ServiceFact]) -> str:
    if title not in facts:
        return "what the framework runs"
    text = facts[title].text
    return f"{text.count(', ') + 1} of its cloud's" if text.count(", ") > 15 else text


def _header(cells: Iterable[str]) -> Iterator[str]:
    titles = tuple(cells)
    yield _row(titles)
    yield _row("---" for _ in titles)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


TABLES = {"services": services, "features": features, "reasons": reasons, "limits": limits}


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
