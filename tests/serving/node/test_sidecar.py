"""The configuration beside Envoy."""

from __future__ import annotations

import stat
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from tests.serving.node.machine import API_KEY, CLOUD_TOKEN, Machine, kill
from tests.serving.node.test_user_data import CLOUDS
from tests.serving.node.test_weights import wait

from llmdeploy.serving.node.gateway_vm import GatewayVm, gcp_gateway_script
from llmdeploy.serving.node.sidecar import FILE_LIST, KEYS, config_sidecar_command, file_list

CONTENT = {
    "bootstrap.yaml": "b: 1\n",
    "endpoints.a.yaml": "e: 1\n",
    "keys.yaml.template": "keys: [{default-key}, {peer-key}]\n",
    "listeners.yaml": "l: 1\n",
}
SECRETS = {"aws": "keys", "gcp": "projects/acme/secrets/keys"}


@contextmanager
def sidecar(
    machine: Machine, cloud: str, shell: str = "/bin/sh", keys: Sequence[str] = KEYS
) -> Iterator[Path]:
    folder = machine.folder / "config"
    command = config_sidecar_command(cloud, location="us-east-1", bucket="b", folder=str(folder), keys=keys)
    text = command[-1].replace("POLL_S=15", "POLL_S=0.2")
    process = subprocess.Popen(
        [*shell.split(), *command[1:-1], text],
        env=machine.environ,
        stdin=subprocess.DEVNULL,
        stdout=(machine.folder / "said").open("w"),
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield folder
    finally:
        kill(process)


def filled(folder: Path, cloud: str) -> Machine:
    machine = Machine(folder / "m")
    publish(machine, CONTENT, SECRETS[cloud])
    return machine


def publish(machine: Machine, files: Mapping[str, str], secret: str | None) -> None:
    """A version of the gateway's files, as a deployment writes it to the bucket: what is new, then the list,
    then what is gone.
    """
    for name, content in files.items():
        machine.put(f"gateway/{name}", content)
    machine.put(f"gateway/{FILE_LIST}", file_list(files, secret))
    for path in (machine.folder / "bucket/gateway").iterdir():
        if path.name not in {*files, FILE_LIST}:
            path.unlink()


def told(machine: Machine) -> str:
    """What the sidecar has said."""
    return (machine.folder / "said").read_text()


@CLOUDS
@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
def test_places_files_and_keys_and_then_says_so(cloud: str, shell: str, tmp_path: Path) -> None:
    machine = filled(tmp_path, cloud)
    with sidecar(machine, cloud, shell) as folder:
        wait((folder / ".ready").exists)
        placed = sorted(path.name for path in folder.glob("*.yaml*"))
        assert placed == ["bootstrap.yaml", "endpoints.a.yaml", "keys.yaml", "listeners.yaml"]
        assert (folder / "keys.yaml").read_text() == f"keys: [{API_KEY}, peer-canary]\n"
        assert stat.S_IMODE((folder / "keys.yaml").stat().st_mode) == 0o600
    calls = (machine.folder / "calls").read_text()
    assert not [each for each in (API_KEY, "peer-canary", CLOUD_TOKEN) if each in calls]
    assert ["chown", "101:101", f"{folder}/.new/keys.yaml"] in machine.calls("chown")


@CLOUDS
def test_a_change_is_renamed_into_place_and_the_rest_left_alone(cloud: str, tmp_path: Path) -> None:
    machine = filled(tmp_path, cloud)
    with sidecar(machine, cloud) as folder:
        wait((folder / ".ready").exists)
        before = {path.name: path.stat().st_ino for path in folder.glob("*.yaml")}
        publish(machine, {**CONTENT, "endpoints.a.yaml": "e: 2\n"}, SECRETS[cloud])
        wait(lambda: (folder / "endpoints.a.yaml").read_text() == "e: 2\n")
        time.sleep(0.5)
        after = {path.name: path.stat().st_ino for path in folder.glob("*.yaml")}
    assert [name for name in before if before[name] != after[name]] == ["endpoints.a.yaml"]


@CLOUDS
def test_further_keys_are_filled_in_where_a_deployment_has_them(cloud: str, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "m")
    machine.secret("keys", '{"default": "d", "peer": "p", "azure": "azure-canary"}')
    publish(machine, {**CONTENT, "azure-key.yaml.template": "key: {azure-key}\n"}, SECRETS[cloud])
    with sidecar(machine, cloud, keys=("default", "peer", "azure")) as folder:
        wait((folder / ".ready").exists)
        assert (folder / "azure-key.yaml").read_text() == "key: azure-canary\n"
        assert stat.S_IMODE((folder / "azure-key.yaml").stat().st_mode) == 0o600
    assert "azure-canary" not in (machine.folder / "calls").read_text()


@CLOUDS
def test_a_new_key_reaches_the_folder(cloud: str, tmp_path: Path) -> None:
    machine = filled(tmp_path, cloud)
    with sidecar(machine, cloud) as folder:
        wait((folder / ".ready").exists)
        machine.secret("keys", '{"default": "sk-new", "peer": "p-new"}')
        wait(lambda: (folder / "keys.yaml").read_text() == "keys: [sk-new, p-new]\n")


@CLOUDS
def test_half_a_version_is_never_placed(cloud: str, tmp_path: Path) -> None:
    """An object is new and the list still old; or the list is new and an object is not there."""
    machine = filled(tmp_path, cloud)
    with sidecar(machine, cloud) as folder:
        wait((folder / ".ready").exists)
        machine.put("gateway/endpoints.a.yaml", "e: 2\n")
        wait(lambda: told(machine).count("Envoy keeps what it has") > 1)
        assert (folder / "endpoints.a.yaml").read_text() == "e: 1\n"
        more = {**CONTENT, "endpoints.a.yaml": "e: 2\n", "endpoints.b.yaml": "e: b\n"}
        machine.put(f"gateway/{FILE_LIST}", file_list(more, SECRETS[cloud]))
        before = told(machine).count("Envoy keeps what it has")
        wait(lambda: told(machine).count("Envoy keeps what it has") > before + 1)
        assert (folder / "endpoints.a.yaml").read_text() == "e: 1\n"
        machine.put("gateway/endpoints.b.yaml", "e: b\n")
        wait((folder / "endpoints.b.yaml").exists)
        assert (folder / "endpoints.a.yaml").read_text() == "e: 2\n"


@CLOUDS
def test_files_come_and_go_and_a_key_is_asked_for_while_it_runs(cloud: str, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "m")
    publish(machine, {"bootstrap.yaml": "b: 1\n", "listeners.yaml": "l: open\n"}, None)
    with sidecar(machine, cloud) as folder:
        wait((folder / ".ready").exists)
        assert not (folder / "keys.yaml").exists()
        publish(machine, CONTENT, SECRETS[cloud])
        wait(lambda: (folder / "listeners.yaml").read_text() == "l: 1\n")
        assert (folder / "keys.yaml").read_text() == f"keys: [{API_KEY}, peer-canary]\n"
        assert (folder / "endpoints.a.yaml").exists()


@CLOUDS
def test_nothing_is_ready_without_the_list(cloud: str, tmp_path: Path) -> None:
    machine = filled(tmp_path, cloud)
    (machine.folder / "bucket/gateway" / FILE_LIST).unlink()
    with sidecar(machine, cloud) as folder:
        wait(lambda: "could not be copied" in told(machine))
        assert [path.name for path in folder.iterdir() if path.name != ".new"] == []


@CLOUDS
def test_nothing_is_ready_without_the_secret(cloud: str, tmp_path: Path) -> None:
    machine = filled(tmp_path, cloud)
    (machine.folder / "secrets/keys").unlink()
    with sidecar(machine, cloud) as folder:
        wait(lambda: "could not be copied" in told(machine))
        assert not (folder / ".ready").exists()
        assert not (folder / "keys.yaml").exists()


@CLOUDS
def test_a_secret_without_one_of_the_keys_opens_nothing(cloud: str, tmp_path: Path) -> None:
    machine = filled(tmp_path, cloud)
    machine.secret("keys", '{"default": "sk-1"}')
    with sidecar(machine, cloud) as folder:
        wait(lambda: "could not be copied" in told(machine))
        assert not (folder / "keys.yaml").exists()


def test_the_machine_of_a_gateway_in_googles_cloud() -> None:
    vm = GatewayVm(
        location="europe-west4",
        bucket="b",
        image=f"europe-west4-docker.pkg.dev/acme/cache/envoy@sha256:{'b' * 64}",
        workers=2,
    )
    text = gcp_gateway_script(vm)
    assert text.startswith("#cloud-config\n")
    document = yaml.safe_load(text)
    files = {file["path"]: file["content"] for file in document["write_files"]}
    envoy = files["/etc/systemd/system/llmdeploy-envoy.service"]
    assert "--registries europe-west4-docker.pkg.dev\n" in envoy
    assert "--config-path /etc/envoy/llmdeploy/bootstrap.yaml --concurrency 2" in envoy
    assert "--dport 8080 -j ACCEPT" in envoy
    subprocess.run(["sh", "-n"], input=files["/etc/llmdeploy/config.sh"], text=True, check=True)
    assert document["runcmd"][-1][:2] == ["systemctl", "start"]
