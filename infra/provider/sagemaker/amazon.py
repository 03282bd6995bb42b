"""SageMaker's control interface."""

from __future__ import annotations

import os
from collections.abc import Mapping

from llmdeploy.infra.provider.amazon.client import boto3_client
from llmdeploy.infra.provider.amazon.service import AmazonService
from llmdeploy.infra.provider.sagemaker.refusal import WORDS


def amazon_sagemaker(environ: Mapping[str, str] = os.environ) -> AmazonService:
    """SageMaker with the credentials that boto3 finds; or, where the environment names one, the simulated one
    of this machine. Whatever is wrong with them is told once a client is needed.
    """
    return AmazonService(
        lambda location: boto3_client(
            "sagemaker", f"api.sagemaker.{location}.amazonaws.com", location, environ
        ),
        WORDS,
    )
