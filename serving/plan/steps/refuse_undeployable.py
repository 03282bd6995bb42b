"""What this version can check but not deploy, said before anything else."""

from __future__ import annotations

from llmdeploy.serving.plan.draft import Draft


def refuse_undeployable(draft: Draft) -> Draft:
    """Refuse cloud regions: `validate` checks them, but only local regions can be deployed so far."""
    for index, region in enumerate(draft.spec.regions):
        if region.provider != "local":
            draft = draft.refused(
                ("regions", index),
                f"{region.name} can be checked but not yet deployed by this version",
                "deploy to local regions: `environments: {dev: {regions: [local/a, local/b]}}` and --env dev",
            )
    return draft
