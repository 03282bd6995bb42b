"""The engine, its Go module and the Python SDK are one version."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import llmdeploy.infra.engine.build as build
from llmdeploy.infra.engine.found import ENGINE_VERSION

_GO_MOD = Path(build.__file__).with_name("go.mod").read_text()
_GO_SUM = Path(build.__file__).with_name("go.sum").read_text()


def test_engine_module_and_sdk_are_one_version() -> None:
    pinned = dict(re.findall(r"^\t(github\.com/pulumi/pulumi/\S+) (\S+)", _GO_MOD, re.MULTILINE))
    assert pinned == {
        "github.com/pulumi/pulumi/pkg/v3": ENGINE_VERSION,
        "github.com/pulumi/pulumi/sdk/v3": ENGINE_VERSION,
    }
    assert version("pulumi") == ENGINE_VERSION.removeprefix("v")


def test_what_is_built_is_what_the_module_names_as_its_tool() -> None:
    assert f"\ntool {build.PACKAGE}\n" in _GO_MOD


def test_every_required_module_has_its_checksum() -> None:
    required = re.findall(r"^\t(\S+) (v\S+)", _GO_MOD, re.MULTILINE)
    assert len(required) > 100
    assert [
        each
        for each in required
        if f"{each[0]} {each[1]} h1:" not in _GO_SUM and f"{each[0]} {each[1]}/go.mod h1:" not in _GO_SUM
    ] == []
