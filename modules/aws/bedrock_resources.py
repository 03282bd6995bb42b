"""Bedrock's import of a model, as a Pulumi class. What its inputs mean stands in infra/provider/bedrock."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi


class BedrockImport(pulumi.CustomResource):
    """An imported model, there once it can be asked. `path` is what its paths begin with."""

    arn: pulumi.Output[str]
    path: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        region: str,
        name: str,
        role_arn: pulumi.Input[str],
        source: str,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        inputs = {"region": region, "name": name, "role_arn": role_arn, "source": source, "tags": dict(tags)}
        outputs = dict.fromkeys(("arn", "path", "status", "job"))
        super().__init__("llmdeploy:aws:BedrockImport", resource_name, {**inputs, **outputs}, opts)
