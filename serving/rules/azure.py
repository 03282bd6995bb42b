"""Rules about regions of Azure, which have managed endpoints and nothing else of ours."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec


def azure_is_managed(spec: ServingSpec) -> Iterator[RuleProblem]:
    """There are no instances of one's own in Azure."""
    for index, region in enumerate(spec.regions):
        if region.provider == "azure" and spec.variant_in(region) != "managed":
            where = ("regions", index, "variant") if region.variant else ("regions", index)
            yield RuleProblem(
                where, f"{region.name} has managed endpoints alone", "add variant: managed to it"
            )


def azure_is_asked_by_others(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Its endpoints have no gateway in front of them in their own region."""
    providers = {region.provider for region in spec.regions}
    if "azure" in providers and not providers & {"aws", "gcp"}:
        first = next(index for index, region in enumerate(spec.regions) if region.provider == "azure")
        yield RuleProblem(
            ("regions", first),
            f"no gateway would ask {spec.regions[first].name}: regions of Azure have none of their own",
            "add an aws or gcp region, with role: failover if it is to answer only when Azure does not",
        )
