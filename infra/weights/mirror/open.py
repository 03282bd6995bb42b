"""From a spec to its models, and to the buckets of its regions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmdeploy.infra.preflight.clouds.gcp_api import PROJECT_VARIABLES
from llmdeploy.infra.weights.mirror.bucket import Bucket
from llmdeploy.infra.weights.mirror.errors import BucketUnusable, SourceUnusable
from llmdeploy.infra.weights.mirror.gcs import GcsBucket
from llmdeploy.infra.weights.mirror.hub_source import HubSource
from llmdeploy.infra.weights.mirror.s3 import S3Bucket
from llmdeploy.infra.weights.mirror.sessions import UploadSessions
from llmdeploy.infra.weights.mirror.source import FolderSource, Source
from llmdeploy.serving.node.models import NodeModel
from llmdeploy.serving.node.places import bucket_name
from llmdeploy.serving.spec.model import source_kind

GCS_SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
EMULATOR = "STORAGE_EMULATOR_HOST"
"""Google's own variable for a stand-in of Cloud Storage; it is asked without credentials."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """Opens buckets with the credentials of the environment."""

    environ: Mapping[str, str]
    cache: Path

    def opened(self, stack: str, region: str) -> Bucket:
        """The bucket of a region of a deployment.

        Raises:
            BucketUnusable: no credentials, or the cloud's library is not installed.
        """
        provider, _, location = region.partition("/")
        if provider == "aws":
            return self._aws(stack, region, location)
        return self._gcp(stack, region)

    def _aws(self, stack: str, region: str, location: str) -> Bucket:
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError, ClientError
        except ImportError:
            raise _extra("aws", "boto3", region) from None
        retries = Config(retries={"mode": "adaptive", "max_attempts": 8})
        try:
            session = boto3.Session(region_name=location)
            account = session.client("sts", config=retries).get_caller_identity()["Account"]
        except (BotoCoreError, ClientError) as error:
            raise BucketUnusable(
                f"{region}: AWS does not take the credentials ({type(error).__name__})",
                "run `aws configure` or `aws sso login`, or set AWS_PROFILE",
            ) from error
        return S3Bucket(session.client("s3", config=retries), bucket_name(stack, region, account), region)

    def _gcp(self, stack: str, region: str) -> Bucket:
        service, project = _storage(self.environ, region)
        named = next(filter(None, (self.environ.get(name) for name in PROJECT_VARIABLES)), project)
        if not named:
            raise BucketUnusable(f"{region}: no project of Google Cloud is named", "set GOOGLE_CLOUD_PROJECT")
        name = bucket_name(stack, region, named)
        return GcsBucket(service, name, region, UploadSessions(self.cache / "uploads"))


def model_source(model: NodeModel, spec_folder: Path, cache: Path) -> Source:
    """Where a model's files are read.

    Raises:
        SourceUnusable: it is in a bucket already.
    """
    kind = source_kind(model.source)
    if kind == "bucket":
        raise SourceUnusable(
            f"{model.source} is in a bucket of your own",
            "only models of the hub and local folders are mirrored",
        )
    if kind == "folder":
        return FolderSource((spec_folder / Path(model.source).expanduser()).resolve())
    return HubSource(model.source, model.revision, cache / "push")


def _storage(environ: Mapping[str, str], region: str) -> tuple[Callable[[], Any], str | None]:
    """What makes the storage service, and the project that the credentials are of."""
    try:
        import google.auth
        import google.auth.exceptions
        import google_auth_httplib2
        import httplib2
        from googleapiclient.discovery import build_from_document
        from googleapiclient.discovery_cache import get_static_doc
    except ImportError:
        raise _extra("gcp", "google-api-python-client", region) from None
    emulator = environ.get(EMULATOR)
    document = json.loads(get_static_doc("storage", "v1"))
    if emulator:
        root = f"{emulator.rstrip('/')}/"
        document |= {"rootUrl": root, "baseUrl": f"{root}storage/v1/"}
        return lambda: build_from_document(document, http=_http(httplib2)), None
    try:
        credentials, project = google.auth.default(scopes=[GCS_SCOPE])
    except google.auth.exceptions.GoogleAuthError as error:
        raise BucketUnusable(
            f"{region}: there are no credentials of Google Cloud",
            "run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS",
        ) from error

    def service() -> Any:
        http = google_auth_httplib2.AuthorizedHttp(credentials, http=_http(httplib2))
        return build_from_document(document, http=http)

    return service, project


def _http(httplib2: Any) -> Any:
    http = httplib2.Http(timeout=60)
    # 308 says how far a resumable upload has come; it is no redirect.
    http.redirect_codes = http.redirect_codes - {308}
    return http


def _extra(cloud: str, library: str, region: str) -> BucketUnusable:
    return BucketUnusable(f"{region}: {library} is not installed", f"pip install 'llmdeploy-stacks[{cloud}]'")
