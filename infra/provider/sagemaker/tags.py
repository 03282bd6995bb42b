"""The tags of what SageMaker has."""

from __future__ import annotations

from collections.abc import Mapping

from llmdeploy.infra.provider.amazon.service import Amazon
from llmdeploy.infra.provider.work import Work


def tags_of(amazon: Amazon, location: str, arn: str, ours: Mapping[str, str], work: Work) -> dict[str, str]:
    """Those of ours as they are now. Others may add their own, which is no drift."""
    now: dict[str, str] = {}
    asked: dict[str, str] = {}
    while True:
        page = amazon.call(location, "list_tags", work, ResourceArn=arn, **asked)
        now |= {each["Key"]: each["Value"] for each in page.get("Tags", [])}
        if not page.get("NextToken"):
            return {key: now[key] for key in ours if key in now}
        asked["NextToken"] = page["NextToken"]


def label(
    amazon: Amazon, location: str, arn: str, old: Mapping[str, str], new: Mapping[str, str], work: Work
) -> None:
    """Give it the new tags in place of the old."""
    now = tags_of(amazon, location, arn, {**old, **new}, work)
    if ended := [key for key in now if key not in new]:
        amazon.call(location, "delete_tags", work, ResourceArn=arn, TagKeys=ended)
    if changed := {key: value for key, value in new.items() if now.get(key) != value}:
        amazon.call(location, "add_tags", work, ResourceArn=arn, Tags=listed(changed))


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """As SageMaker takes them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
