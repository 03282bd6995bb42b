"""The replica on a node: secrets, image, container, readiness, drain."""

from __future__ import annotations

import stat
import threading
import time
from itertools import pairwise
from pathlib import Path

from tests.serving.node.machine import API_KEY, CLOUD_TOKEN, TOKEN, Machine, engine
from tests.serving.node.requests import IMAGE, KEY_FILE, launch
from tests.serving.node.test_user_data import CLOUDS, WRITERS
from tests.serving.node.test_weights import booted, mirror

IMAGES = {
    "aws": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/cache/vllm@sha256:{'a' * 64}",
    "gcp": f"europe-west4-docker.pkg.dev/acme/cache/vllm@sha256:{'a' * 64}",
}
METRICS = 'vllm:num_requests_running{{model_name="a b"}} {}\nvllm:num_requests_waiting 0\n'


def whole_start(cloud: str, folder: Path, **changes: object) -> Machine:
    """All that happens before the container, with weights from the hub."""
    machine = booted(cloud, folder, **changes)
    for program in ("disk", "weights", "image", "secrets", "replica"):
        machine.run(program)
    return machine


@CLOUDS
def test_no_secret_is_ever_an_argument_or_stays_on_disk(cloud: str, tmp_path: Path) -> None:
    machine = whole_start(cloud, tmp_path, launch=launch("sglang", files=(KEY_FILE,)))
    canaries = (TOKEN, API_KEY, CLOUD_TOKEN, "ecr-canary")
    calls = (machine.folder / "calls").read_text()
    assert not [canary for canary in canaries if canary in calls]
    memory = machine.root / "run"
    for path in machine.root.rglob("*"):
        if path.is_file() and any(canary.encode() in path.read_bytes() for canary in canaries):
            assert path.is_relative_to(memory)
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert machine.read("run/llmdeploy/files/0") == f"api-key: {API_KEY}\n"


@CLOUDS
def test_an_empty_secret_stops_the_start(cloud: str, tmp_path: Path) -> None:
    machine = booted(cloud, tmp_path)
    machine.run("weights")
    machine.secret("hub-token", "")
    assert "hub-token is empty" in machine.run("secrets", expected=1)


@CLOUDS
def test_the_container(cloud: str, tmp_path: Path) -> None:
    container = launch("tensorrt-llm", command=("trtllm-serve", "acme/tiny", "--x", "a b"), shm_gib=4)
    machine = whole_start(cloud, tmp_path, launch=container)
    root, run = machine.root, machine.calls("docker")[-1]
    logging = {
        "aws": "--log-driver awslogs --log-opt awslogs-region=us-east-1 "
        "--log-opt awslogs-group=/llmdeploy/chat --log-opt awslogs-stream=i-0123 --log-opt mode=non-blocking",
        "gcp": "--log-driver gcplogs --log-opt mode=non-blocking",
    }
    expected = (
        f"docker run --rm --name llmdeploy-replica --gpus all --shm-size 4g --publish 8000:8000 "
        f"--volume {root}/var/lib/llmdeploy/weights:/weights "
        f"--volume {root}/var/lib/llmdeploy/cache:/root/.cache/huggingface --env HF_HOME=/weights "
        f"--env-file {root}/etc/llmdeploy/container.env --env-file {root}/run/llmdeploy/hub.env "
        f"--env-file {root}/run/llmdeploy/secrets.env --ulimit memlock=-1 --ulimit stack=67108864 "
        f"--volume {root}/run/llmdeploy/files/0:/etc/llmdeploy/tensorrt-llm.yaml:ro "
        f"{logging[cloud]} {IMAGE} trtllm-serve acme/tiny --x"
    )
    assert run == [*expected.split(), "a b"]


@CLOUDS
def test_a_server_with_ports_of_its_own_is_reached_at_the_same_one(cloud: str, tmp_path: Path) -> None:
    container = launch("sglang", port=30000, metrics_port=9000)
    pages: dict[str, str] = {}
    with engine(pages) as port:
        machine = whole_start(cloud, tmp_path, launch=container)
        run = machine.calls("docker")[-1]
        published = [after for word, after in pairwise(run) if word == "--publish"]
        assert published == ["8000:30000", "127.0.0.1:8001:9000"]
        assert "\nPORT=8000\nMETRICS_PORT=8001\n" in machine.read("etc/llmdeploy/node.env")
        machine.listen(port)
        machine.behave(iptables="exit 1")
        pages["/health"] = "ok"
        machine.run("ready")


def test_in_googles_cloud_the_container_cannot_ask_for_credentials(tmp_path: Path) -> None:
    machine = booted("gcp", tmp_path)
    machine.behave(iptables='[ "$2" = -I ]; exit')
    for program in ("weights", "secrets", "replica"):
        machine.run(program)
    assert " ".join(machine.calls("iptables")[-1]) == (
        "iptables -w -I DOCKER-USER -d 169.254.169.254 -p tcp --dport 80 -j REJECT"
    )
    assert machine.calls().index(machine.calls("iptables")[-1]) < machine.calls().index(
        machine.calls("docker")[-1]
    )


@CLOUDS
def test_the_image_is_pulled_by_digest_until_it_is_there(cloud: str, tmp_path: Path) -> None:
    image = IMAGES[cloud]
    machine = booted(cloud, tmp_path, image=image)
    machine.behave(
        docker="""
case "$1" in
  login) cat >"$MACHINE/login"; ;;
  image) [ -e "$MACHINE/pulled" ]; exit ;;
  pull) [ -e "$MACHINE/once" ] || { touch "$MACHINE/once"; exit 1; }; touch "$MACHINE/pulled" ;;
esac
"""
    )
    assert "trying again" in machine.run("image")
    words = [call[1] for call in machine.calls("docker")]
    assert words == ["image", "login", "pull", "image", "login", "pull"]
    assert machine.calls("docker")[-1] == ["docker", "pull", "--quiet", image]
    assert (machine.folder / "login").read_text().strip() in ("ecr-canary", CLOUD_TOKEN)
    machine.run("image")
    assert len(machine.calls("docker")) == 7  # it is there: nothing is pulled


@CLOUDS
def test_ready_when_it_answers_then_in_service(cloud: str, tmp_path: Path) -> None:
    pages: dict[str, str] = {}
    with engine(pages) as port:
        machine = booted(cloud, tmp_path, port=port)
        machine.behave(iptables="exit 1")
        with machine.running("ready") as process:
            time.sleep(0.5)
            assert process.poll() is None
            assert not machine.calls("iptables")
            pages["/health"] = "ok"
            assert process.wait(timeout=20) == 0
    joined = machine.calls("iptables") or machine.calls("aws")
    assert joined[-1][1] == ("elbv2" if cloud == "aws" else "-w")


@CLOUDS
def test_drain_leaves_first_waits_for_requests_then_stops(cloud: str, tmp_path: Path) -> None:
    pages = {"/metrics": METRICS.format(2)}
    with engine(pages) as port:
        machine = booted(cloud, tmp_path, port=port, drain_s=30)
        threading.Timer(2.5, lambda: pages.update({"/metrics": METRICS.format(0)})).start()
        begin = time.monotonic()
        machine.run("drain")
        seconds = time.monotonic() - begin
    assert 2 < seconds < 10
    left, stopped = leaving(machine, cloud), machine.calls("docker")[-1]
    assert left
    assert machine.calls().index(left[0]) < machine.calls().index(stopped)
    assert stopped[:3] == ["docker", "stop", "--time"]
    assert 20 < int(stopped[3]) <= 30
    assert stopped[4] == "llmdeploy-replica"


@CLOUDS
def test_drain_ends_when_the_time_is_over(cloud: str, tmp_path: Path) -> None:
    with engine({"/metrics": METRICS.format(2)}) as port:
        machine = booted(cloud, tmp_path, port=port, drain_s=3)
        machine.run("drain")
    assert int(machine.calls("docker")[-1][3]) <= 1


@CLOUDS
def test_drain_does_not_wait_for_a_cloud_that_hangs_or_an_engine_that_is_dead(
    cloud: str, tmp_path: Path
) -> None:
    machine = booted(cloud, tmp_path, port=9, drain_s=30)
    machine.behave(aws="sleep 600", iptables="sleep 600")
    begin = time.monotonic()
    with machine.running("drain"):
        while not machine.calls("docker"):
            assert time.monotonic() - begin < 10
            time.sleep(0.1)


@CLOUDS
def test_an_announced_end_drains_within_the_notice(cloud: str, tmp_path: Path) -> None:
    machine = booted(cloud, tmp_path, drain_s=600)
    with machine.running("watch") as process:
        time.sleep(0.4)
        assert process.poll() is None
        (machine.folder / "interrupt").touch()
        assert process.wait(timeout=20) == 0
    assert machine.calls("systemctl")[-1] == ["systemctl", "stop", "llmdeploy-replica"]
    machine.run("drain")
    assert int(machine.calls("docker")[-1][3]) <= {"aws": 90, "gcp": 25}[cloud]


def leaving(machine: Machine, cloud: str) -> list[list[str]]:
    if cloud == "aws":
        left = [call for call in machine.calls("aws") if call[1:3] == ["elbv2", "deregister-targets"]]
        assert [call[4] for call in left] in ([], ["arn:target", "arn:checked"])
        return left
    return machine.calls("iptables")


def test_a_mirrored_model_needs_no_hub_at_run_time(tmp_path: Path) -> None:
    machine = booted("aws", tmp_path)
    mirror(machine)
    for program in ("weights", "secrets", "replica"):
        machine.run(program)
    run = machine.calls("docker")[-1]
    assert f"{machine.root}/run/llmdeploy/hub.env" in run
    assert machine.read("run/llmdeploy/hub.env") == "HF_HUB_OFFLINE=1\n"


def test_user_data_writers_cover_both_clouds() -> None:
    assert set(WRITERS) == {"aws", "gcp"}
