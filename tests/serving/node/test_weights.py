"""The weights of a node: from the bucket, else from the hub."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest
from tests.serving.node.machine import SYNC, TOKEN, Machine, kill
from tests.serving.node.requests import node
from tests.serving.node.test_user_data import CLOUDS, WRITERS

from llmdeploy.serving.node.models import NodeModel
from llmdeploy.serving.node.places import COMPLETE

PREFIX = "models/acme/tiny/6f6073b"
SNAPSHOT = "var/lib/llmdeploy/weights/hub/models--acme--tiny/snapshots/6f6073b"
FILES = {"config.json": "{}", "model-1.safetensors": "abc", "sub/model-2.safetensors": "defg"}


def booted(cloud: str, folder: Path, port: int | None = None, **changes: object) -> Machine:
    """A node after its first start; its replica, if there is one, is at `port`."""
    machine = Machine(folder / "m")
    machine.boot(WRITERS[cloud](node(cloud, **changes)))
    if port is not None:
        machine.listen(port)
    return machine


def mirror(machine: Machine, prefix: str = PREFIX) -> None:
    for name, content in FILES.items():
        machine.put(f"{prefix}/{name}", content)
    listed = "".join(f"{len(content)} {'0' * 64} {name}\n" for name, content in FILES.items())
    machine.put(f"{prefix}/{COMPLETE}", listed)


@CLOUDS
def test_a_mirrored_model_is_found_by_the_hub_library_without_a_network(cloud: str, tmp_path: Path) -> None:
    from huggingface_hub import snapshot_download

    machine = booted(cloud, tmp_path)
    mirror(machine)
    machine.run("weights")
    assert machine.read("run/llmdeploy/hub.env") == "HF_HUB_OFFLINE=1\n"
    hub = machine.root / "var/lib/llmdeploy/weights/hub"
    found = snapshot_download("acme/tiny", revision="6f6073b", cache_dir=hub, local_files_only=True)
    assert found == str(machine.root / SNAPSHOT)
    names = {str(path.relative_to(found)) for path in Path(found).rglob("*") if path.is_file()}
    assert names == set(FILES)


@CLOUDS
def test_what_is_not_mirrored_comes_from_the_hub_with_the_token(cloud: str, tmp_path: Path) -> None:
    machine = booted(cloud, tmp_path)
    mirror(machine)
    (machine.folder / f"bucket/{PREFIX}/{COMPLETE}").unlink()  # a push that was not finished
    assert "the server fetches it from the hub" in machine.run("weights")
    assert machine.read("run/llmdeploy/hub.env") == "HF_HUB_OFFLINE=0\n"
    machine.run("secrets")
    secrets = machine.root / "run/llmdeploy/secrets.env"
    assert f"HF_TOKEN={TOKEN}\n" in secrets.read_text()
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert stat.S_IMODE(secrets.parent.stat().st_mode) == 0o700


@CLOUDS
def test_without_need_of_the_hub_the_token_is_not_even_read(cloud: str, tmp_path: Path) -> None:
    machine = booted(cloud, tmp_path)
    mirror(machine)
    machine.run("weights")
    machine.run("secrets")
    assert TOKEN not in machine.read("run/llmdeploy/secrets.env")


@CLOUDS
def test_a_failing_download_is_tried_again_then_left_to_the_hub(cloud: str, tmp_path: Path) -> None:
    machine = booted(cloud, tmp_path)
    mirror(machine)
    broken = 'echo x >>"$MACHINE/tried"; [ "$(wc -l <"$MACHINE/tried")" -gt %s ] || exit 1\n'
    machine.behave(sync=broken % 2 + SYNC)
    machine.run("weights")
    assert machine.read("run/llmdeploy/hub.env") == "HF_HUB_OFFLINE=1\n"
    machine.behave(sync=broken % 1000 + SYNC)
    machine.run("weights")
    assert machine.read("run/llmdeploy/hub.env") == "HF_HUB_OFFLINE=0\n"


@CLOUDS
def test_a_killed_download_goes_on_where_it_was(cloud: str, tmp_path: Path) -> None:
    machine = booted(cloud, tmp_path)
    mirror(machine)
    stuck = SYNC.replace("done\n", '[ "$file" != ./model-1.safetensors ] || sleep 600\ndone\n')
    machine.behave(sync=stuck)
    copied = machine.folder / "copied"
    with machine.running("weights") as process:
        wait(lambda: copied.exists() and "model-1" in copied.read_text())
        kill(process)
    assert not (machine.root / "run/llmdeploy/hub.env").exists()
    machine.behave(sync=SYNC)
    machine.run("weights")
    assert copied.read_text().split() == [
        "./config.json",
        "./model-1.safetensors",
        "./sub/model-2.safetensors",
    ]


@CLOUDS
def test_a_file_of_another_size_is_fetched_anew(cloud: str, tmp_path: Path) -> None:
    machine = booted(cloud, tmp_path)
    mirror(machine)
    cut = 'if [ ! -e "$MACHINE/cut" ]; then touch "$MACHINE/cut"; truncate -s 1 "$2model-1.safetensors"; fi\n'
    machine.behave(sync=SYNC + cut)
    assert "model-1.safetensors is not what was mirrored" in machine.run("weights")
    assert (machine.root / SNAPSHOT / "model-1.safetensors").read_text() == "abc"


@CLOUDS
def test_a_folder_is_waited_for_as_no_hub_has_it(cloud: str, tmp_path: Path) -> None:
    machine = booted(cloud, tmp_path, models=(NodeModel("./weights"),))
    with machine.running("weights") as process:
        time.sleep(0.5)
        assert process.poll() is None
        mirror(machine, "models/weights/main")
        assert process.wait(timeout=20) == 0
    found = machine.root / "var/lib/llmdeploy/weights/folders/weights"
    assert (found / "sub/model-2.safetensors").read_text() == "defg"


@pytest.mark.parametrize("cloud", ["gcp"])
def test_a_bucket_that_refuses_is_no_missing_model(cloud: str, tmp_path: Path) -> None:
    machine = booted(cloud, tmp_path)
    (machine.folder / "refuse").touch()
    said = machine.run("weights")
    assert "the bucket answers 403" in said
    assert said.count("trying again") == 5


def wait(happened: object, seconds: float = 20) -> None:
    assert callable(happened)
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
