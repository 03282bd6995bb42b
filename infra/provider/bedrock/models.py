"""Imported models: whether one is there, its tags, and taking it away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.provider.amazon.service import Amazon
from llmdeploy.infra.provider.errors import ServiceRefused
from llmdeploy.infra.provider.work import Work

REMOVE_S: Final = 600.0
"""A model that was asked a moment ago may not be removed at once."""


def there(amazon: Amazon, location: str, identity: str, work: Work) -> dict[str, Any] | None:
    """What Bedrock says of a model; None: there is none.

    Args:
        identity: its ARN or its name.
    """
    try:
        return amazon.call(location, "get_imported_model", work, modelIdentifier=identity)
    except ServiceRefused as error:
        if error.status == 404:
            return None
        raise


def tags_of(amazon: Amazon, location: str, arn: str, ours: Mapping[str, str], work: Work) -> dict[str, str]:
    """Those of ours as they are now. Others may add their own, which is no drift."""
    told = amazon.call(location, "list_tags_for_resource", work, resourceARN=arn).get("tags", [])
    now = {each["key"]: each["value"] for each in told}
    return {key: now[key] for key in ours if key in now}


def label(
    amazon: Amazon, location: str, arn: str, old: Mapping[str, str], new: Mapping[str, str], work: Work
) -> None:
    """Give it the new tags in place of the old.

    Raises:
        ServiceRefused: it is gone, or what else AWS says.
    """
    try:
        now = tags_of(amazon, location, arn, {**old, **new}, work)
        ended = [key for key in now if key not in new]
        if ended:
            amazon.call(location, "untag_resource", work, resourceARN=arn, tagKeys=ended)
        if changed := {key: value for key, value in new.items() if now.get(key) != value}:
            tags = [{"key": key, "value": value} for key, value in changed.items()]
            amazon.call(location, "tag_resource", work, resourceARN=arn, tags=tags)
    except ServiceRefused as error:
        if error.status != 404:
            raise
        raise ServiceRefused(
            f"aws/{location}: the imported model {arn} is gone: it was deleted behind llmdeploy's back",
            "run `llmdeploy up` again: it makes it anew",
            404,
        ) from error


def removed(amazon: Amazon, location: str, arn: str, work: Work) -> None:
    """Delete it; one that is gone already is no failure. One that is in use is tried again."""
    last: ServiceRefused | None = None
    for _ in work.ticks(REMOVE_S, lambda: f"aws/{location}: removing the imported model {arn}"):
        try:
            amazon.call(location, "delete_imported_model", work, modelIdentifier=arn)
        except ServiceRefused as error:
            if error.status == 404:
                return
            if error.status != 409:
                raise
            last = error
            work.cancelled.wait(1)
        else:
            return
    assert last is not None
    raise last
