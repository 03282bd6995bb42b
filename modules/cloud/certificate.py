"""The self-signed certificate of fronts without a public name. What it is stands in infra/provider."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi


class Certificate(pulumi.CustomResource):
    """A key and its certificate, in PEM; the key is a secret."""

    certificate: pulumi.Output[str]
    private_key: pulumi.Output[str]
    expires: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        names: Sequence[pulumi.Input[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        options = pulumi.ResourceOptions.merge(
            opts, pulumi.ResourceOptions(additional_secret_outputs=["private_key"])
        )
        outputs = dict.fromkeys(("certificate", "private_key", "expires"))
        super().__init__("llmdeploy:cloud:Certificate", name, {"names": list(names), **outputs}, options)
