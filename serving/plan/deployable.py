"""What this version can plan but not deploy."""

from __future__ import annotations

from llmdeploy.serving.errors import Problem, SpecErrors
from llmdeploy.serving.plan.draft import SpecSource


def check_deployable(source: SpecSource) -> None:
    """Refuse managed endpoints: they are checked, planned and priced, but not deployed so far.

    Raises:
        SpecErrors: everything that cannot be deployed.
    """
    if source.spec.variant != "managed":
        return
    raise SpecErrors(
        [
            Problem(
                source.file,
                *source.position(("variant",)),
                "variant",
                "managed endpoints are planned and priced but not yet deployed by this version",
                "use variant: self-hosted, or make the endpoint that `llmdeploy plan` shows by hand",
            )
        ]
    )
