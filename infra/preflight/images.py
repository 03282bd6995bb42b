"""What GPU instances start from."""

from __future__ import annotations

from typing import Final

AWS_PARAMETER: Final = (
    "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id"
)
"""The AMI of GPU instances, by its public SSM parameter (`llmdeploy.modules.aws.lookups`)."""
GCP_PROJECT: Final = "deeplearning-platform-release"
GCP_FAMILY: Final = "common-cu129-ubuntu-2204-nvidia-580"
"""The image of GPU instances, by its family (`llmdeploy.modules.gcp.pins`)."""
