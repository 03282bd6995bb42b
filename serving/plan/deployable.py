"""What this version can plan but not deploy."""

from __future__ import annotations

from llmdeploy.serving.errors import Problem, SpecErrors
from llmdeploy.serving.plan.draft import SpecSource


def check_deployable(source: SpecSource) -> None:
    """Refuse cloud regions: they are checked, planned and priced, but only local regions are deployed so far.

    Raises:
        SpecErrors: every region that cannot be deployed.
    """
    problems = tuple(
        Problem(
            source.file,
            *source.position(("regions", index)),
            f"regions[{index}]",
            f"{region.name} can be checked but not yet deployed by this version",
            "deploy to local regions: `environments: {dev: {regions: [local/a, local/b]}}` and --env dev",
        )
        for index, region in enumerate(source.spec.regions)
        if region.provider != "local"
    )
    if problems:
        raise SpecErrors(problems)
