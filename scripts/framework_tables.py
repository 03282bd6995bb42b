"""Writes the tables of docs/frameworks.md out of the catalog: `make flags` runs it too.

.venv/bin/python -m scripts.framework_tables
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scripts.markdown_tables import header, row, written

from llmdeploy.serving.catalog.capabilities import Capability, capabilities
from llmdeploy.serving.catalog.flags import flag_table
from llmdeploy.serving.catalog.frameworks import framework_facts, quantization_support
from llmdeploy.serving.rules.features import WORDS, shown_server

PAGE = Path(__file__).parents[1] / "docs" / "frameworks.md"
FRAMEWORKS = ("vllm", "sglang", "tgi", "tensorrt-llm", "triton")
LOADING = ("online", "bitsandbytes", "eetq")


def features() -> Iterator[str]:
    """What each server can do."""
    rows = capabilities()
    yield from header(("", *map(shown_server, rows)))
    for feature in next(iter(rows.values())).features:
        yield row((WORDS[feature], *(cell(one.features[feature]) for one in rows.values())))


def cell(capability: Capability) -> str:
    """yes, no, or yes from a compute capability on; a star for a catch."""
    if not capability.can:
        return "no"
    since = f" from {capability.compute_capability / 10:.1f}" if capability.compute_capability else ""
    return f"yes{since}{' *' if capability.note else ''}"


def catches() -> Iterator[str]:
    """Why not, and what to know, once each."""
    for server, one in capabilities().items():
        for feature, capability in one.features.items():
            if capability.note or capability.because:
                kind, why = ("no", capability.because) if capability.because else ("*", capability.note)
                yield f"- {shown_server(server)}, {WORDS[feature]} ({kind}): {why}."


def pairs() -> Iterator[str]:
    """What does not go together."""
    yield from header(("Server", "Together", "", "Why"))
    for server, one in capabilities().items():
        for pair in one.pairs:
            both = " + ".join(WORDS[feature] for feature in pair.features)
            yield row((shown_server(server), both, "warned of" if pair.untested else "refused", pair.because))


def weights() -> Iterator[str]:
    """Which number formats of weights each server runs, and from which compute capability on."""
    servers = tuple(capabilities())
    ways = dict.fromkeys((way.weights, way.method) for one in servers for way in quantization_support(one))
    yield from header(("Weights", "Made by", *map(shown_server, servers)))
    for wanted, method in sorted(ways):
        cells = []
        for server in servers:
            found = [
                one for one in quantization_support(server) if (one.weights, one.method) == (wanted, method)
            ]
            but = f", not {', '.join(found[0].not_on)}" if found and found[0].not_on else ""
            cells.append(f"from {found[0].compute_capability / 10:.1f}{but}" if found else "no")
        how = f"{method} (while loading)" if method in LOADING else f"{method} (the checkpoint)"
        yield row((wanted, how, *cells))


def flags() -> Iterator[str]:
    """Where the flags of each framework are from."""
    yield from header(("Framework", "Version", "Flags known", "From"))
    for name in FRAMEWORKS:
        version = framework_facts(name).version
        table = flag_table(name, version)
        assert table is not None
        source = "documentation and source, not run" if table.documentation else "its own parser"
        yield row((name, version, str(len(set(map(id, table.flags.values())))), source))


TABLES = {"features": features, "catches": catches, "pairs": pairs, "weights": weights, "flags": flags}


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8"), TABLES), encoding="utf-8")
