"""The list of a gateway's files, which are known only when the deployment is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from llmdeploy.serving.node.sidecar import file_list


def gateway_list(
    files: Mapping[str, pulumi.Input[str]], secret: pulumi.Input[str] | None
) -> pulumi.Output[str]:
    """The text of the object `FILE_LIST`.

    Args:
        files: in the order in which they are to be put in place.
        secret: where the API keys are kept; None where the gateway asks for none.
    """

    def text(found: Sequence[str | None]) -> str:
        where, *contents = found
        return file_list({name: content or "" for name, content in zip(files, contents, strict=True)}, where)

    known: Sequence[pulumi.Input[str | None]] = (secret, *files.values())
    return pulumi.Output.all(*known).apply(text)
