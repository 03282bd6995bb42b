"""SARIF 2.1.0, the part of it that GitHub's code scanning reads."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from llmdeploy import __version__
from llmdeploy.cli.render.reports.checked import findings

if TYPE_CHECKING:
    from llmdeploy.cli.render.reports.checked import CheckedSpec, Finding

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_HOME: Final = "https://github.com/OWNER/llmdeploy"
_ABOUT: Final = {"spec/yaml": "A serving spec is YAML", "spec/file": "A serving spec is a readable file"}


def report(specs: Sequence[CheckedSpec]) -> str:
    """One run; without results when there is nothing to tell, which closes the alerts there were."""
    found = list(findings(specs))
    rules = sorted({finding.rule for finding in found})
    driver = {
        "name": "llmdeploy",
        "version": __version__,
        "informationUri": _HOME,
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, rules.index(finding.rule)) for finding in found],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: str) -> dict[str, Any]:
    field = rule.removeprefix("spec/").replace("/", ".")
    about = _ABOUT.get(rule, f"What a serving spec says in `{field}`")
    return {
        "id": rule,
        "shortDescription": {"text": about},
        "fullDescription": {"text": f"{about}."},
        "help": {"text": "Each alert ends with its mend; `llmdeploy schema` prints all fields."},
    }


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": quote(os.fsencode(finding.file)), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": finding.line, "startColumn": finding.column},
    }
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.level,
        "message": {"text": finding.text},
        "locations": [{"physicalLocation": place}],
        # Code scanning looks at no other; the number tells equal lines apart, and none are equal here.
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.fingerprint[:16]}:1"},
    }
