"""The list of a gateway's files, which are known only when the deployment is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from llmdeploy.serving.node.sidecar import file_list
from llmdeploy.serving.plan.model import Slot


def gateway_list(
    files: Mapping[str, pulumi.Input[str]],
    secret: pulumi.Input[str] | None,
    audiences: Mapping[Slot, pulumi.Input[str]] | None = None,
) -> pulumi.Output[str]:
    """The text of the object `FILE_LIST`.

    Args:
        files: in the order in which they are to be put in place.
        secret: where the API keys are kept; None where the gateway asks for none.
        audiences: whom the gateway's ID tokens are for, by slot.
    """
    named = dict(audiences or {})

    def text(found: Sequence[str | None]) -> str:
        where, rest = found[0], [each or "" for each in found[1:]]
        contents, whom = rest[: len(files)], rest[len(files) :]
        return file_list(dict(zip(files, contents, strict=True)), where, dict(zip(named, whom, strict=True)))

    known: Sequence[pulumi.Input[str | None]] = (secret, *files.values(), *named.values())
    return pulumi.Output.all(*known).apply(text)
