"""`llmdeploy weights`, as it is used: the real command against servers that answer as the clouds do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.infra.weights.mirror.clouds import AWS, GCP, Clouds, clouds, spec, told, weights

from llmdeploy.infra.weights.mirror.manifest import read_manifest

COMMAND = Path(sys.executable).with_name("llmdeploy")
PREFIX = "models/acme/tuned/main"
MIB = 1 << 20
FROM = ("--from", "tuned")


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Clouds]:
    with clouds(tmp_path) as found:
        yield found


def run(cloud: Clouds, *words: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    ended = subprocess.run(
        [COMMAND, "weights", *map(str, words), *(FROM if words[0] == "push" else ())],
        env=cloud.environ,
        cwd=cloud.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == code, ended.stderr
    return ended


def result(ended: subprocess.CompletedProcess[str]) -> dict[str, dict[str, object]]:
    last = json.loads(ended.stdout.splitlines()[-1])
    assert last["event"] == "result"
    return {each["region"]: each for each in last["pushed"]}


def test_a_folder_goes_to_both_clouds_whole(cloud: Clouds, tmp_path: Path) -> None:
    model = weights(tmp_path, 3, 1000)
    pushed = result(run(cloud, "push", spec(tmp_path), "--json"))
    names = {"config.json", "model-00.safetensors", "model-01.safetensors", "model-02.safetensors"}
    for region in (AWS, GCP):
        stored = cloud.stored(region)
        assert {name for name in stored if not name.endswith(".complete")} == {
            f"{PREFIX}/{name}" for name in names
        }
        assert all(stored[f"{PREFIX}/{name}"] == (model / name).read_bytes() for name in names)
        listed = read_manifest(stored[f"{PREFIX}/.complete"].decode())
        assert {(file.path, file.size) for file in listed} == {
            (name, (model / name).stat().st_size) for name in names
        }
        assert (pushed[region]["files_sent"], pushed[region]["files"]) == (4, 4)


def test_a_second_push_sends_nothing(cloud: Clouds, tmp_path: Path) -> None:
    weights(tmp_path, 2, 1000)
    chat = spec(tmp_path)
    run(cloud, "push", chat)
    before = len(cloud.gcs.received)
    again = run(cloud, "push", chat)
    assert again.stdout.count("  nothing ") == 2
    assert len(cloud.gcs.received) == before


def test_a_change_takes_the_note_away_until_all_is_there(cloud: Clouds, tmp_path: Path) -> None:
    model = weights(tmp_path, 2, 1000)
    chat = spec(tmp_path)
    run(cloud, "push", chat)
    (model / "model-01.safetensors").unlink()
    (model / "model-00.safetensors").write_bytes(b"x" * 1000)  # the same size
    pushed = result(run(cloud, "push", chat, "--json"))
    assert [pushed[region]["files_sent"] for region in (AWS, GCP)] == [1, 1]
    for region in (AWS, GCP):
        stored = cloud.stored(region)
        assert set(stored) == {
            f"{PREFIX}/{name}" for name in ("config.json", "model-00.safetensors", ".complete")
        }
        assert stored[f"{PREFIX}/model-00.safetensors"] == b"x" * 1000


@pytest.mark.parametrize("region", [AWS, GCP])
def test_killed_in_the_middle_no_file_is_sent_twice(region: str, cloud: Clouds, tmp_path: Path) -> None:
    weights(tmp_path, 40, 2 * MIB)
    cloud.gcs.delay_s = 0.05
    chat = spec(tmp_path, region)
    process = subprocess.Popen(
        [COMMAND, "weights", "push", chat, "--json", *FROM],
        env=cloud.environ,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 60
        while len(keys(cloud, region)) < 5:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    there = keys(cloud, region)
    assert 5 <= len(there) < 41
    assert f"{PREFIX}/.complete" not in there
    pushed = result(run(cloud, "push", chat, "--json"))[region]
    # Those under way at the kill may have arrived after it.
    assert 41 - len(there) - 4 <= pushed["files_sent"] <= 41 - len(there)
    after = keys(cloud, region)
    assert {key: when for key, when in after.items() if key in there} == there
    assert f"{PREFIX}/.complete" in after


def keys(cloud: Clouds, region: str) -> dict[str, object]:
    """Objects, with what would change if one were sent again."""
    if region == GCP:
        return {key: id(content) for key, (content, _) in list(cloud.gcs.objects.items())}
    found = cloud.s3.list_objects_v2(Bucket=cloud.s3_bucket).get("Contents", ())
    return {each["Key"]: each["LastModified"] for each in found}


def test_list_says_what_is_whole(cloud: Clouds, tmp_path: Path) -> None:
    weights(tmp_path, 2, 1000)
    chat = spec(tmp_path)
    run(cloud, "push", chat, "--to", AWS)
    shown = run(cloud, "list", chat).stdout.splitlines()
    assert "whole" in shown[1]
    assert "not whole" in shown[2]
    listed = json.loads(run(cloud, "list", chat, "--json").stdout)["weights"]
    assert [(each["region"], each["complete"], each["files"]) for each in listed] == [
        (AWS, True, 3),
        (GCP, False, 0),
    ]


def test_a_note_without_its_files_is_not_whole(cloud: Clouds, tmp_path: Path) -> None:
    weights(tmp_path, 2, 1000)
    chat = spec(tmp_path, AWS)
    run(cloud, "push", chat)
    cloud.s3.delete_object(Bucket=cloud.s3_bucket, Key=f"{PREFIX}/model-00.safetensors")
    assert "not whole" in run(cloud, "list", chat).stdout
    assert result(run(cloud, "push", chat, "--json"))[AWS]["files_sent"] == 1
    assert "not whole" not in run(cloud, "list", chat).stdout


def test_progress_is_told_at_least_every_two_seconds(cloud: Clouds, tmp_path: Path) -> None:
    weights(tmp_path, 12, 1000)
    cloud.gcs.delay_s = 1.2
    ended = run(cloud, "push", spec(tmp_path, GCP), "--json")
    lines = [json.loads(line) for line in ended.stdout.splitlines()[:-1]]
    assert len(lines) >= 2
    assert all(each["event"] == "progress" and each["files"] == 13 for each in lines)
    times = [each["seconds"] for each in lines]
    assert max(later - earlier for earlier, later in zip([0, *times], times, strict=False)) < 2
    assert [each["bytes_done"] for each in lines] == sorted(each["bytes_done"] for each in lines)


@pytest.mark.parametrize(
    ("regions", "words", "problem"),
    [
        ("local/a", (), "has no cloud region; local regions need no mirror"),
        (AWS, ("--to", GCP), f"has no cloud region {GCP}; name one of its own: {AWS}"),
        ("aws/us-east-2", (), "there is no bucket llmdeploy-chat-"),
        ("gcp/us-central1", (), "there is no bucket llmdeploy-chat-"),
    ],
)
def test_what_cannot_be_pushed(
    regions: str, words: tuple[str, ...], problem: str, cloud: Clouds, tmp_path: Path
) -> None:
    weights(tmp_path, 1, 10)
    ended = run(cloud, "push", spec(tmp_path, regions), *words, code=1)
    assert problem in told(ended.stderr)
    assert "Traceback" not in ended.stderr


def test_folders_without_a_model(cloud: Clouds, tmp_path: Path) -> None:
    chat = spec(tmp_path, AWS)
    assert "tuned is no folder" in run(cloud, "push", chat, code=1).stderr
    (tmp_path / "tuned").mkdir()
    assert "tuned holds no model" in run(cloud, "push", chat, code=1).stderr


def test_content_that_arrives_otherwise_is_never_noted(cloud: Clouds, tmp_path: Path) -> None:
    weights(tmp_path, 1, 1000)
    cloud.gcs.broken = True
    ended = run(cloud, "push", spec(tmp_path, GCP), code=1)
    assert "did not arrive whole; push again" in told(ended.stderr)
    assert f"{PREFIX}/.complete" not in cloud.gcs.objects


def test_without_credentials(cloud: Clouds, tmp_path: Path) -> None:
    weights(tmp_path, 1, 10)
    kept = {name: value for name, value in cloud.environ.items() if not name.startswith("AWS_A")}
    bare = replace(cloud, environ=kept)
    ended = run(bare, "push", spec(tmp_path, AWS), code=1)
    assert "AWS does not take the credentials (NoCredentialsError)" in told(ended.stderr)


def test_ctrl_c_ends_it_soon_and_the_next_push_goes_on(cloud: Clouds, tmp_path: Path) -> None:
    weights(tmp_path, 60, 1000)
    cloud.gcs.delay_s = 0.3
    chat = spec(tmp_path, GCP)
    process = subprocess.Popen(
        [COMMAND, "weights", "push", chat, *FROM],
        env=cloud.environ,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        end = time.monotonic() + 60
        while len(cloud.gcs.objects) < 3:
            assert time.monotonic() < end
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        begin = time.monotonic()
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130
    assert time.monotonic() - begin < 5
    assert "Traceback" not in said
    cloud.gcs.delay_s = 0
    there = len(cloud.gcs.objects)
    pushed = result(run(cloud, "push", chat, "--json"))[GCP]
    assert pushed["files_sent"] == 61 - there
