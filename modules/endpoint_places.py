"""What stands in a gateway's files for hosts and paths of endpoints, put in its place once they are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi


def with_places(
    files: Mapping[str, pulumi.Input[str]], places: Mapping[str, pulumi.Output[str]]
) -> dict[str, pulumi.Input[str]]:
    """The files, filled. Only those that name an endpoint wait for it.

    Args:
        places: by what stands for them (`serving.gateway.managed`).
    """
    return {name: _filled(text, places) for name, text in files.items()}


def _filled(text: pulumi.Input[str], places: Mapping[str, pulumi.Output[str]]) -> pulumi.Input[str]:
    if not isinstance(text, str):
        return text
    named = {mark: value for mark, value in places.items() if mark in text}
    if not named:
        return text

    def replaced(values: Sequence[str]) -> str:
        filled = text
        for mark, value in zip(named, values, strict=True):
            filled = filled.replace(mark, value)
        return filled

    return pulumi.Output.all(*named.values()).apply(replaced)
