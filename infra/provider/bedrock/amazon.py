"""Bedrock's control interface."""

from __future__ import annotations

import os
from collections.abc import Mapping

from llmdeploy.infra.provider.amazon.client import boto3_client
from llmdeploy.infra.provider.amazon.service import AmazonService
from llmdeploy.infra.provider.bedrock.refusal import WORDS


def amazon_bedrock(environ: Mapping[str, str] = os.environ) -> AmazonService:
    """Bedrock with the credentials that boto3 finds; or, where the environment names one, the simulated one
    of this machine. Whatever is wrong with them is told once a client is needed.
    """
    return AmazonService(
        lambda location: boto3_client("bedrock", f"bedrock.{location}.amazonaws.com", location, environ),
        WORDS,
    )
