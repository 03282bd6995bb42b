"""Who is asked in the real and in the simulated clouds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from llmdeploy.infra.orphans.search import TagSearch, TagSearches
from llmdeploy.serving.catalog.regions import CLOUDS


def real_searches(environ: Mapping[str, str] = os.environ) -> TagSearches:
    """With the user's own credentials."""

    def aws() -> TagSearch:
        from llmdeploy.infra.orphans.aws import AwsTags
        from llmdeploy.infra.preflight.clouds.aws import boto3_clients

        return AwsTags(boto3_clients())

    def gcp() -> TagSearch:
        from llmdeploy.infra.orphans.gcp import GcpTags
        from llmdeploy.infra.preflight.clouds.gcp_api import google_api

        return GcpTags(google_api(environ))

    def azure() -> TagSearch:
        from llmdeploy.infra.orphans.azure import AzureTags
        from llmdeploy.infra.preflight.clouds.azure_api import azure_api

        return AzureTags(azure_api(environ))

    return {"aws": aws, "gcp": gcp, "azure": azure}


def simulated_searches(folder: Path) -> TagSearches:
    """Of the simulated clouds that are kept in a folder."""

    def simulated(provider: str) -> TagSearch:
        from llmdeploy.infra.orphans.simulated import SimulatedTags
        from llmdeploy.infra.simulate.clouds import SimulatedClouds

        return SimulatedTags(SimulatedClouds(folder), provider)

    return {provider: partial(simulated, provider) for provider in CLOUDS}
