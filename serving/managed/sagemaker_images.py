"""The images that SageMaker runs, and the host that each needs."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.errors import LlmdeployError

TABLE = "sagemaker-images"


@dataclass(frozen=True, slots=True)
class SageMakerImage:
    """An image of AWS's own.

    Args:
        name: `registry/repository:tag`.
        version: of the framework in it.
        cuda: that it was built with.
    """

    name: str
    version: str
    cuda: str


def sagemaker_image(framework: str, location: str, version: str | None) -> SageMakerImage:
    """The image of a framework in a region.

    Args:
        version: the framework's; None: the newest that AWS has made an image of.

    Raises:
        LlmdeployError: AWS makes none of it, or has none in the region.
    """
    table = read_table(TABLE)
    row = table.get(framework)
    if row is None or "versions" not in row:
        raise LlmdeployError(
            f"SageMaker has no image of {framework}", "use vllm, sglang, tgi or tensorrt-llm, or self-hosted"
        )
    found = row["versions"].get(version or row["usual"])
    if found is None:
        raise LlmdeployError(
            f"SageMaker has no image of {framework} {version}, only of {', '.join(row['versions'])}",
            f"leave framework.version out, then {row['usual']} runs there",
        )
    registry = f"{images_account(location)}.dkr.ecr.{location}.amazonaws.com"
    return SageMakerImage(
        f"{registry}/{row['repository']}:{found['tag']}", version or row["usual"], found["cuda"]
    )


def images_account(location: str) -> str:
    """The account of AWS's in whose registry the images of a region are.

    Raises:
        LlmdeployError: none is known there.
    """
    accounts = read_table(TABLE)["accounts"]
    if location in accounts["same"]:
        return str(accounts["usual"])
    if location in accounts["others"]:
        return str(accounts["others"][location])
    raise LlmdeployError(f"no registry of SageMaker's images is known in {location}", "choose another region")


def host_software(unit: str, cuda: str) -> str | None:
    """The host's image (`inference_ami_version`) for a container; None: the instance's usual one.

    Args:
        unit: `ml.g6.2xlarge`.
        cuda: of the container.
    """
    rule = read_table(TABLE)["host_software"]
    if unit.split(".")[1] not in rule["families"]:
        return None
    image = rule["images"].get(cuda.partition(".")[0])
    return None if image is None else str(image)
