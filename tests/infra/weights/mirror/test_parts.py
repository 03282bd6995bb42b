"""Large files: what of a file had arrived is not sent again."""

from __future__ import annotations

import hashlib
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.infra.weights.mirror.clouds import GCP, Clouds, clouds

from llmdeploy.infra.weights.mirror.errors import BucketUnusable
from llmdeploy.infra.weights.mirror.gcs import GcsBucket
from llmdeploy.infra.weights.mirror.open import _storage
from llmdeploy.infra.weights.mirror.s3 import S3Bucket
from llmdeploy.infra.weights.mirror.sessions import UploadSessions

MIB = 1 << 20
PART = 5 * MIB
CHUNK = MIB
SENDER = """
    import sys
    from pathlib import Path
    from llmdeploy.infra.weights.mirror.gcs import GcsBucket
    from llmdeploy.infra.weights.mirror.open import _storage
    from llmdeploy.infra.weights.mirror.sessions import UploadSessions
    address, bucket, file, sha256, sessions = sys.argv[1:]
    service, _ = _storage({"STORAGE_EMULATOR_HOST": address}, "gcp/x")
    bucket = GcsBucket(service, bucket, "gcp/x", UploadSessions(Path(sessions)), 1 << 20)
    bucket.send("k", Path(file), sha256, lambda size: None)
"""


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Clouds]:
    with clouds(tmp_path) as found:
        yield found


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large"
    path.write_bytes(b"".join(bytes([index]) * MIB for index in range(12)))
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Broken(Exception):
    """The connection ends."""


def test_parts_in_s3_are_kept(cloud: Clouds, large: Path) -> None:
    numbers: list[int] = []

    def count(params: Any, **_kwargs: Any) -> None:
        number = int(params["query_string"]["partNumber"])
        if number == 3 and 3 not in numbers:
            numbers.append(number)
            raise Broken
        numbers.append(number)

    cloud.s3.meta.events.register("before-call.s3.UploadPart", count)
    bucket, sent = S3Bucket(cloud.s3, cloud.s3_bucket, "aws/us-east-1", PART), []
    with pytest.raises(Broken):
        bucket.send("k", large, digest(large), lambda _size: None)
    bucket.send("k", large, digest(large), sent.append)
    assert numbers == [1, 2, 3, 3]
    assert sum(sent) == 12 * MIB
    assert cloud.stored("aws/us-east-1")["k"] == large.read_bytes()
    assert bucket.sha256("k") == digest(large)
    assert not cloud.s3.list_multipart_uploads(Bucket=cloud.s3_bucket).get("Uploads")


def test_parts_of_other_content_are_not_taken(cloud: Clouds, large: Path) -> None:
    bucket = S3Bucket(cloud.s3, cloud.s3_bucket, "aws/us-east-1", PART)

    def stop(_size: int) -> None:
        raise Broken

    with pytest.raises(Broken):
        bucket.send("k", large, digest(large), stop)
    large.write_bytes(large.read_bytes()[::-1])
    with pytest.raises(BucketUnusable, match="did not arrive whole"):
        bucket.send("k", large, digest(large), lambda _size: None)
    bucket.send("k", large, digest(large), lambda _size: None)
    assert cloud.stored("aws/us-east-1")["k"] == large.read_bytes()


def test_a_killed_upload_to_google_goes_on_where_it_was(cloud: Clouds, large: Path, tmp_path: Path) -> None:
    cloud.gcs.delay_s = 0.1
    sessions = tmp_path / "sessions"
    words = [cloud.gcs_address, cloud.gcs.bucket, str(large), digest(large), str(sessions)]
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(SENDER), *words])
    try:
        end = time.monotonic() + 60
        while len(cloud.gcs.received) < 3:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait()
    (kept,) = sessions.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    time.sleep(0.5)  # the chunk that was under way
    sent: list[int] = []
    bucket = gcs_bucket(cloud, sessions)
    bucket.send("k", large, digest(large), sent.append)
    assert sum(size for _, size in cloud.gcs.received) == sum(sent) == 12 * MIB
    assert cloud.stored(GCP)["k"] == large.read_bytes()
    assert not list(sessions.iterdir())


def test_an_upload_that_google_has_forgotten_begins_anew(cloud: Clouds, large: Path, tmp_path: Path) -> None:
    sessions = tmp_path / "sessions"
    UploadSessions(sessions).of(cloud.gcs.bucket, "k", digest(large)).begin(f"{cloud.gcs_address}/session/99")
    gcs_bucket(cloud, sessions).send("k", large, digest(large), lambda _size: None)
    assert cloud.stored(GCP)["k"] == large.read_bytes()


def test_an_upload_that_ended_unnoticed_is_not_repeated(cloud: Clouds, large: Path, tmp_path: Path) -> None:
    sessions = tmp_path / "sessions"
    bucket = gcs_bucket(cloud, sessions)
    bucket.send("k", large, digest(large), lambda _size: None)
    received = len(cloud.gcs.received)
    UploadSessions(sessions).of(cloud.gcs.bucket, "k", digest(large)).begin(f"{cloud.gcs_address}/session/0")
    bucket.send("k", large, digest(large), lambda _size: None)
    assert len(cloud.gcs.received) == received


@pytest.mark.parametrize("region", ["aws", "gcp"])
def test_an_empty_file(region: str, cloud: Clouds, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    bucket = (
        gcs_bucket(cloud, tmp_path / "sessions")
        if region == "gcp"
        else S3Bucket(cloud.s3, cloud.s3_bucket, "aws/us-east-1", PART)
    )
    bucket.send("k", empty, digest(empty), lambda _size: None)
    assert bucket.objects("k")["k"].size == 0
    assert bucket.sha256("k") == digest(empty)


def gcs_bucket(cloud: Clouds, sessions: Path) -> GcsBucket:
    service, _ = _storage({"STORAGE_EMULATOR_HOST": cloud.gcs_address}, GCP)
    return GcsBucket(service, cloud.gcs.bucket, GCP, UploadSessions(sessions), CHUNK)
