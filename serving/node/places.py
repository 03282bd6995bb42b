"""Where things are: in the region's bucket, on the node, in the container."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath

from llmdeploy.serving.spec.model import source_kind

WEIGHTS = "/weights"
"""HF_HOME in the container: the hub's own cache layout, which every framework reads, is below it."""
PORT = 8000
"""Where every replica is reached on its instance, whatever port its server has in the container: load
balancers, firewalls and health checks stay as they are when the framework changes."""
METRICS_PORT = 8001
"""Where a metrics page with a port of its own is reached, on the instance's loopback alone."""
COMPLETE = ".complete"
"""The object that says a model is mirrored whole: a line `size sha256 path` for each file. Written last."""
ADAPTER_LISTS = "models/.adapters"
"""Where the lists of adapters that come and go lie, each like a model's manifest, as it is read like one."""
DEFAULT_REVISION = "main"
LONGEST_BUCKET = 63
"""S3's and Cloud Storage's own limit."""


def bucket_name(stack: str, region: str, account: str) -> str:
    """The bucket of a region of a deployment, for weights and for the gateway's files.

    Names are shared by all customers of a cloud, so the hash holds the account too, which is known only where
    credentials are: the program asks for it as `weights push` does.

    Args:
        region: provider/location.
        account: the AWS account id, or the project id of Google's cloud.
    """
    location = region.partition("/")[2]
    digest = hashlib.sha256(f"{account}/{stack}/{region}".encode()).hexdigest()[:8]
    room = LONGEST_BUCKET - len(f"llmdeploy--{digest}-{location}")
    shown = "" if "google" in stack or "g00gle" in stack else stack[:room].strip("-")
    return "-".join(part for part in ("llmdeploy", shown, digest, location) if part)


def model_prefix(source: str, revision: str | None) -> str:
    """Where a model lies in the bucket: `models/ID/REVISION`. A folder goes by its own name.

    Args:
        source: a hub id or a folder.
    """
    name = _folder_name(source) if source_kind(source) == "folder" else source
    return f"models/{name}/{revision or DEFAULT_REVISION}"


def adapter_prefix(slot: str) -> str:
    """Where the list of the replicas in a slot lies, in the object `COMPLETE` below it."""
    return f"{ADAPTER_LISTS}/{slot}"


def node_folder(source: str, revision: str | None) -> str:
    """Where its files lie below `WEIGHTS`: for a hub id, the snapshot that the hub's libraries look up."""
    if source_kind(source) == "folder":
        return f"folders/{_folder_name(source)}"
    return f"{_hub_folder(source)}/snapshots/{_one_part(revision or DEFAULT_REVISION)}"


def reference_file(source: str, revision: str | None) -> str | None:
    """The file that tells the hub's libraries which snapshot a revision is; None for a folder."""
    if source_kind(source) == "folder":
        return None
    return f"{_hub_folder(source)}/refs/{revision or DEFAULT_REVISION}"


def in_container(source: str) -> str:
    """What a server in a container is given for a model: a hub id as it is, a folder where it is mounted."""
    return f"{WEIGHTS}/{node_folder(source, None)}" if source_kind(source) == "folder" else source


def _hub_folder(source: str) -> str:
    return f"hub/models--{source.replace('/', '--')}"


def _folder_name(source: str) -> str:
    return _one_part(PurePosixPath(source).name) or "model"


def _one_part(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", name).lstrip(".")
