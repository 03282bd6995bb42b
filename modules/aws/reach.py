"""Which of a region's machines need the internet."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from llmdeploy.modules.aws.firewall import Reach
from llmdeploy.modules.aws.images import cached
from llmdeploy.modules.aws.task import CONFIG_IMAGE, ENVOY_IMAGE
from llmdeploy.modules.aws.versions import hosted_in, images_of, server_images
from llmdeploy.serving.node.models import plan_models
from llmdeploy.serving.plan.model import Plan, RegionPlan


def reach_of(plan: Plan, region: RegionPlan, logins: Mapping[str, pulumi.Input[str]]) -> Reach:
    """By where images and weights come from, and whether there are other regions.

    Args:
        logins: registry → the secret that its cache logs in with.
    """
    elsewhere = [image for image in images_of(region) if not cached(image, logins)]
    models = [model for version in hosted_in(region) for model in plan_models(plan.model_in(version))]
    return Reach(
        nodes=any(image in elsewhere for image in server_images(region))
        or any(model.from_hub for model in models),
        gateways=len(plan.regions) > 1 or any(image in elsewhere for image in (ENVOY_IMAGE, CONFIG_IMAGE)),
    )
