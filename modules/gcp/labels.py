"""Labels on what must not change with every spec."""

from __future__ import annotations

from collections.abc import Mapping

from llmdeploy.modules.deployment import Deployment

SPEC_DIGEST = "llmdeploy-spec-digest"


def lasting_labels(deployment: Deployment) -> Mapping[str, str]:
    """The labels without the spec's digest: an instance template cannot be changed, so that a digest in it
    would replace every GPU instance whenever any line of the spec changes.
    """
    return {key: value for key, value in deployment.labels.items() if key != SPEC_DIGEST}
