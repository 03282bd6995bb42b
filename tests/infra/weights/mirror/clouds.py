"""Both clouds' buckets on this machine: moto's server for S3, and one of our own for Cloud Storage."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
from moto.server import ThreadedMotoServer
from tests.infra.weights.mirror.gcs_server import Store, gcs_server

from llmdeploy.serving.node.places import bucket_name

AWS, GCP = "aws/us-east-1", "gcp/europe-west4"
ACCOUNT = "123456789012"
"""moto's."""
PROJECT = "acme-project"
MODEL = "acme/tuned"
SPEC = """name: chat
model: {model}
framework: vllm
regions: [{regions}]
"""


@dataclass(frozen=True)
class Clouds:
    """Their servers, and the environment in which a command finds them."""

    environ: Mapping[str, str]
    s3: Any
    s3_bucket: str
    gcs: Store
    gcs_address: str
    folder: Path

    def stored(self, region: str) -> dict[str, bytes]:
        """All objects of a region's bucket."""
        if region == GCP:
            return {key: content for key, (content, _) in self.gcs.objects.items()}
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.s3_bucket)
        keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return {key: self.s3.get_object(Bucket=self.s3_bucket, Key=key)["Body"].read() for key in keys}


@contextmanager
def clouds(folder: Path) -> Iterator[Clouds]:
    """Both, with the buckets of the stack `chat` made, as its first `up` makes them."""
    names = {
        region: bucket_name("chat", region, account) for region, account in ((AWS, ACCOUNT), (GCP, PROJECT))
    }
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    try:
        host, port = moto.get_host_and_port()
        with gcs_server(names[GCP]) as (gcs, address):
            environ = {
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "LLMDEPLOY_HOME": str(folder / "home"),
                "LLMDEPLOY_CACHE": str(folder / "cache"),
                "AWS_ENDPOINT_URL": f"http://{host}:{port}",
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_EC2_METADATA_DISABLED": "true",
                "STORAGE_EMULATOR_HOST": address,
                "GOOGLE_CLOUD_PROJECT": PROJECT,
            }
            s3 = boto3.client(
                "s3",
                endpoint_url=environ["AWS_ENDPOINT_URL"],
                region_name="us-east-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
            # moto keeps one account a process.
            httpx.post(f"{environ['AWS_ENDPOINT_URL']}/moto-api/reset").raise_for_status()
            s3.create_bucket(Bucket=names[AWS])
            yield Clouds(environ, s3, names[AWS], gcs, address, folder)
    finally:
        moto.stop()


def spec(folder: Path, regions: str = f"{AWS}, {GCP}", model: str = MODEL) -> Path:
    """A spec in a folder."""
    path = folder / "chat.yaml"
    path.write_text(SPEC.format(model=model, regions=regions))
    return path


def told(stderr: str) -> str:
    """An error in one line."""
    return stderr.replace("\n  → ", "; ")


def weights(folder: Path, count: int, size: int) -> Path:
    """A local model of so many files."""
    model = folder / "tuned"
    model.mkdir()
    (model / "config.json").write_text('{"model_type": "llama"}')
    for index in range(count):
        (model / f"model-{index:02}.safetensors").write_bytes(bytes([index]) * size)
    (model / "pytorch_model.bin").write_bytes(b"a second copy")
    (model / ".git").mkdir()
    (model / ".git/HEAD").write_text("hidden")
    return model
