"""Components as SageMaker tells of them: whether one is there, what it is doing, and taking it away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.provider.amazon.service import Amazon
from llmdeploy.infra.provider.errors import ServiceRefused
from llmdeploy.infra.provider.long_jobs import looks
from llmdeploy.infra.provider.sagemaker.refusal import failed_mend, is_under_way
from llmdeploy.infra.provider.sagemaker.specification import deployment, specification
from llmdeploy.infra.provider.work import Work

IN_SERVICE, FAILED, DELETING = "InService", "Failed", "Deleting"
"""InferenceComponentStatus; the others are Creating and Updating."""
START_S: Final = 3 * 3600.0
"""A new instance, then downloading and starting, each of which may be given an hour (botocore 1.44.8)."""
REMOVE_S: Final = 1800.0
"""What is scaled at the moment cannot be removed before that is done, which takes minutes."""
LONGEST_LOOK_S: Final = 10.0


def there(amazon: Amazon, location: str, name: str, work: Work) -> dict[str, Any] | None:
    """What SageMaker says of a component; None: there is none."""
    try:
        return amazon.call(location, "describe_inference_component", work, InferenceComponentName=name)
    except ServiceRefused as error:
        if error.status == 404:
            return None
        raise


def settled(amazon: Amazon, location: str, name: str, what: str, work: Work) -> dict[str, Any] | None:
    """What it is once nothing is done to it any more; None: it is gone.

    Args:
        what: is done, for the lines of progress.

    Raises:
        ServiceRefused: it does not come to an end.
        Cancelled: the user interrupted.
    """
    seen: list[str] = []
    for _ in looks(work, START_S, LONGEST_LOOK_S, lambda: " ".join([what, *seen[-1:]])):
        found = there(amazon, location, name, work)
        if found is None or found["InferenceComponentStatus"] in (IN_SERVICE, FAILED):
            return found
        seen.append(f"({found['InferenceComponentStatus']})")
    raise ServiceRefused(
        f"{what} has not ended after {START_S / 3600:.0f} hours {''.join(seen[-1:])}",
        "run the same command again: it goes on waiting",
    )


def begin_update(amazon: Amazon, location: str, inputs: Mapping[str, Any], what: str, work: Work) -> None:
    """Begin to put copies of another kind in the place of the old; while these are scaled, as soon as that
    is done.

    Raises:
        ServiceRefused: it cannot be updated.
        Cancelled: the user interrupted.
    """
    last = ""
    for _ in looks(work, REMOVE_S, LONGEST_LOOK_S, lambda: what):
        try:
            amazon.call(
                location,
                "update_inference_component",
                work,
                InferenceComponentName=inputs["name"],
                Specification=specification(inputs),
                DeploymentConfig=deployment(inputs),
            )
        except ServiceRefused as error:
            if not is_under_way(error):
                raise
            last = error.problem
        else:
            return
    raise ServiceRefused(last, "run the same command again")


def removed(amazon: Amazon, location: str, name: str, what: str, work: Work) -> None:
    """Delete it and wait until it is gone: an endpoint lets none of them go by itself, and its instances
    stay for them. One that is gone already is no failure.

    Raises:
        ServiceRefused: it cannot be deleted, or does not go.
        Cancelled: the user interrupted.
    """
    asked, last = False, "it is still there"
    for _ in looks(work, REMOVE_S, LONGEST_LOOK_S, lambda: f"{what}: removing it"):
        found = there(amazon, location, name, work)
        if found is None:
            return
        if asked and found["InferenceComponentStatus"] == DELETING:
            continue
        try:
            amazon.call(location, "delete_inference_component", work, InferenceComponentName=name)
            asked = True
        except ServiceRefused as error:
            if error.status == 404:
                return
            if not is_under_way(error):
                raise
            last = error.problem
    raise ServiceRefused(
        f"{what} has not gone after {REMOVE_S / 60:.0f} minutes: {last}", "run the same command again"
    )


def failure(found: Mapping[str, Any], what: str) -> ServiceRefused:
    """The error of a component that does not start."""
    said = " ".join(str(found.get("FailureReason") or "no reason given").split())
    return ServiceRefused(f"{what} failed: {said}", failed_mend(said))
