"""Finds the source of the pinned SDK's classes: importing takes seconds, reading the few needed does not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from llmdeploy.serving.errors import LlmdeployError

DISTRIBUTIONS: Final[Mapping[str, str]] = {
    "aws": "pulumi-aws",
    "gcp": "pulumi-gcp",
    "azure-native": "pulumi-azure-native",
}
_CLASS: Final = re.compile(r"^(?:class|def) (\w+)\b", re.MULTILINE)
_REGISTRY: Final = re.compile(r'resource_modules="""\n(.*?)\n"""', re.DOTALL)


class SdkMissing(LlmdeployError):
    """The Pulumi SDK of a package is not installed."""


@dataclass(slots=True)
class SourceFile:
    """One file of the SDK, cut into its top-level classes and functions when first asked."""

    text: str
    _starts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def definition(self, name: str) -> str:
        """The text of a class or function, from its `class` or `def` line on; empty when there is none."""
        if not self._starts:
            places = [(match.group(1), match.start()) for match in _CLASS.finditer(self.text)]
            ends = [*(start for _, start in places[1:]), len(self.text)]
            self._starts = {name: (start, end) for (name, start), end in zip(places, ends, strict=False)}
        start, end = self._starts.get(name, (0, 0))
        return self.text[start:end]


def sdk_version(package: str) -> str:
    """The installed version of the SDK. Raises SdkMissing."""
    folder(package)
    return version(DISTRIBUTIONS[package])


def folder(package: str) -> Path:
    """Where `pulumi_<package>` is installed. Raises SdkMissing."""
    spec = find_spec(_module(package)) if package in DISTRIBUTIONS else None
    if spec is None or spec.origin is None:
        raise SdkMissing(
            f"the Pulumi SDK of the package {package} is not installed",
            f"pip install 'llmdeploy-stacks[simulate]' ({', '.join(DISTRIBUTIONS.values())})",
        )
    return Path(spec.origin).parent


@cache
def source(path: Path) -> SourceFile:
    """A file of the SDK; an empty one when it is not there."""
    return SourceFile(path.read_text() if path.exists() else "")


@cache
def resource_index(package: str) -> Mapping[str, tuple[str, str]]:
    """Every resource's token → (folder within the SDK, class), as the SDK registers them."""
    match = _REGISTRY.search((folder(package) / "__init__.py").read_text())
    modules = json.loads(match.group(1)) if match else []
    return {
        token: (module["fqn"].removeprefix(_module(package)).lstrip("."), name)
        for module in modules
        for token, name in module["classes"].items()
    }


def resource_file(package: str, token: str) -> Path | None:
    """The file with a resource's class; None when the SDK has no such resource."""
    found = resource_index(package).get(token)
    if found is None:
        return None
    inside, name = found
    where = folder(package) / inside
    likely = where / f"{_snake(_named(token)[1])}.py"
    if likely.exists() and source(likely).definition(name):
        return likely
    return next((path for path in sorted(where.glob("*.py")) if f"\nclass {name}(" in path.read_text()), None)


def function_file(package: str, token: str) -> Path | None:
    """The file with a function's class of results; None when the SDK has no such function."""
    module, name = _named(token)
    inside = "" if module == "index" else module
    path = folder(package) / inside / f"{_snake(name)}.py"
    return path if path.exists() and f"runtime.invoke('{token}'" in source(path).text else None


def _module(package: str) -> str:
    return f"pulumi_{package.replace('-', '_')}"


def _named(token: str) -> tuple[str, str]:
    """Module and name: of `aws:ec2/vpc:Vpc` `ec2` and `vpc`, of `azure-native:storage:Blob` `storage` and
    `Blob`.
    """
    _, path, name = token.split(":")
    module, slash, short = path.rpartition("/")
    return (module, short) if slash else (path, name)


def _snake(name: str) -> str:
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", parts).lower()
