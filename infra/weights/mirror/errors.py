"""Why a model cannot be mirrored.

LlmdeployError (serving)
└── MirrorFailed             the base
    ├── SourceUnusable       the hub or the folder does not give the model's files
    └── BucketUnusable       the bucket is not there, or refuses
"""

from __future__ import annotations

from llmdeploy.serving.errors import LlmdeployError


class MirrorFailed(LlmdeployError):
    """A model was not mirrored; what is already in the bucket stays, and the next push goes on from there."""


class SourceUnusable(MirrorFailed):
    """The hub or the folder does not give the model's files."""


class BucketUnusable(MirrorFailed):
    """A bucket is not there, or refuses."""


def no_such_bucket(bucket: str, region: str) -> BucketUnusable:
    """The bucket is a part of the deployment, and only its stack makes it."""
    return BucketUnusable(
        f"{region}: there is no bucket {bucket}",
        "bring the deployment up first (`llmdeploy up SPEC`): until the weights are mirrored, its replicas "
        "load them from the hub, or wait for those of a local folder",
    )
