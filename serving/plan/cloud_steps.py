"""The steps of a plan for clouds, in order."""

from __future__ import annotations

from llmdeploy.serving.plan.steps.add_gateway import add_gateway
from llmdeploy.serving.plan.steps.add_gateway_tiers import add_gateway_tiers
from llmdeploy.serving.plan.steps.check_checkpoint import check_checkpoint
from llmdeploy.serving.plan.steps.check_draft_model import check_draft_model
from llmdeploy.serving.plan.steps.check_managed_model import check_managed_model
from llmdeploy.serving.plan.steps.place_in_clouds import place_in_clouds
from llmdeploy.serving.plan.steps.price_plan import price_plan
from llmdeploy.serving.plan.steps.resolve_cloud_model import resolve_cloud_model
from llmdeploy.serving.plan.steps.resolve_framework import resolve_framework

CLOUD_STEPS = (
    resolve_cloud_model,
    check_managed_model,
    check_checkpoint,
    check_draft_model,
    resolve_framework,
    place_in_clouds,
    add_gateway,
    add_gateway_tiers,
    price_plan,
)
