"""Writes infra/simulate/schema/data/<package>.jsonl from what main.go prints. See README.md."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from scripts.provider_facts import cloud_models, documented, properties, relations, tokens, tree
from scripts.provider_facts.names import folded
from scripts.provider_facts.report import Report

from llmdeploy.infra.simulate.schema import sdk
from llmdeploy.infra.simulate.schema.sdk_source import resource_index

DATA = Path(__file__).parents[2] / "infra" / "simulate" / "schema" / "data"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", choices=["aws", "gcp"])
    parser.add_argument("raw", type=Path, help="what main.go printed")
    parser.add_argument("--source", required=True, help="module, version and date of the provider's source")
    arguments = parser.parse_args()
    raws = {raw["name"]: raw for raw in map(json.loads, arguments.raw.read_text().splitlines())}
    trees = {name: tree.resource_tree(raw) for name, raw in raws.items()}
    declared = declared_resources(arguments.package)
    matched = tokens.match(declared, {name: known(raw, trees[name]) for name, raw in raws.items()})
    report = Report(missing=[token for token in declared if token not in matched])
    lines = []
    for token, one in declared.items():
        name = matched.get(token)
        facts = from_provider(token, one, trees[name], raws[name], report) if name else {}
        report.from_documentation += documented.add(facts, token, one.inputs)
        if facts:
            lines.append(f"{token}\t{json.dumps(facts, separators=(',', ':'), sort_keys=True)}")
    header = {"source": arguments.source, "license": "MPL-2.0 (facts only)", "resources": len(lines)}
    text = "\n".join([json.dumps(header), *lines]) + "\n"
    (DATA / f"{arguments.package}.jsonl").write_text(text)
    report.show(sys.stdout, sys.stderr)
    return 0


def declared_resources(package: str) -> dict[str, sdk.Declared]:
    """Every resource of the SDK, by token."""
    every = {token: sdk.declared_resource(package, token) for token in sorted(resource_index(package))}
    return {token: one for token, one in every.items() if one is not None}


def known(raw: dict[str, Any], root: tree.Node) -> tokens.Resource:
    """What a resource of the provider is recognised by."""
    return tokens.Resource(frozenset(map(folded, root["names"])), raw["service"], raw["title"])


def from_provider(
    token: str, declared: sdk.Declared, root: tree.Node, raw: dict[str, Any], report: Report
) -> dict[str, Any]:
    """What the provider and the cloud's own model say."""
    name = raw["name"]
    facts = {"from": name, **properties.facts_of(root, declared.inputs, f"{token} {name}", report)}
    relations.add(facts, root, declared.inputs, report)
    report.from_cloud += cloud_models.add(facts, token, declared.inputs, raw)
    return facts


if __name__ == "__main__":
    sys.exit(main())
