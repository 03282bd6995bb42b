"""What is wired to SageMaker's inference components by resources of the provider; the components themselves
are `rest/sagemaker_components.py`'s.

Error texts: hashicorp/terraform-provider-aws#45926 (a test run of 2026), stdapi-ai/stdapi.ai#43 (2026-08-27);
written down 2026-11-30.
"""

from __future__ import annotations

from typing import Any, Final

from llmdeploy.infra.simulate.checks.look import Look, Problems, at
from llmdeploy.infra.simulate.fleet.components import RESOURCE, component_named
from llmdeploy.serving.catalog.managed import managed_service

COPIES: Final = "sagemaker:inference-component:DesiredCopyCount"
"""The dimension that scales a component's copies."""
_INVALID: Final = "ValidationException"


def managed_scaling(look: Look, variant: Any) -> Problems:
    """SageMaker's own scaling of instances, by the components on them."""
    scaling = at(variant, "managedInstanceScaling")
    if not isinstance(scaling, dict):
        return
    low, high = at(scaling, "minInstanceCount"), at(scaling, "maxInstanceCount")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield _INVALID, f"MinInstanceCount {low} is greater than MaxInstanceCount {high}."
    if at(scaling, "status") != "ENABLED":
        return
    if "modelName" in variant:
        yield _INVALID, "ManagedInstanceScaling is only supported for inference component endpoints."
    elif low == 0 and not managed_service("sagemaker").sleeps_in(look.region):
        yield _INVALID, "Min instance count needs to be greater than 0 for enabled managed instance scaling"


def component_of(look: Look, resource: Any) -> Problems:
    """The component whose copies are scaled."""
    if not isinstance(resource, str):
        return
    if not resource.startswith(RESOURCE):
        yield _INVALID, "Unsupported service namespace, resource type or scalable dimension"
        return
    name = resource.removeprefix(RESOURCE)
    if not look.planned and component_named(look.store, name, look.region) is None:
        yield _INVALID, f'Could not find inference component "{name}".'
