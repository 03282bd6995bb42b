"""SageMaker's inference component, as a Pulumi class. What its inputs mean stands in
infra/provider/sagemaker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi


class InferenceComponent(pulumi.CustomResource):
    """A component, there once its first copies serve."""

    arn: pulumi.Output[str]
    name: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        region: str,
        name: str,
        endpoint: pulumi.Input[str],
        variant: str,
        model: pulumi.Input[str],
        accelerators: int,
        memory_mib: int,
        download_timeout_s: int,
        startup_timeout_s: int,
        copies: int,
        alarms: Sequence[pulumi.Input[str]],
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        inputs = {
            "region": region,
            "name": name,
            "endpoint": endpoint,
            "variant": variant,
            "model": model,
            "accelerators": accelerators,
            "memory_mib": memory_mib,
            "download_timeout_s": download_timeout_s,
            "startup_timeout_s": startup_timeout_s,
            "copies": copies,
            "alarms": list(alarms),
            "tags": dict(tags),
        }
        outputs = dict.fromkeys(("arn", "status"))
        super().__init__("llmdeploy:aws:InferenceComponent", resource_name, {**inputs, **outputs}, opts)
