"""Inference components of the simulated SageMaker: what botocore's model rules out, what the service does."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from tests.infra.simulate.rest.hosted import ARN, HOSTING, host, scale

from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.infra.simulate.fleet.components import COMPONENT
from llmdeploy.infra.simulate.rest.server import RestServer
from llmdeploy.infra.simulate.rest.variables import KEY
from llmdeploy.infra.simulate.store import Store

TOKEN = "the token of this test"
GOOD: dict[str, Any] = {
    "InferenceComponentName": "chat-blue",
    "EndpointName": "chat-blue",
    "VariantName": "replicas",
    "Specification": {
        "ModelName": "chat-1",
        "StartupParameters": {
            "ModelDataDownloadTimeoutInSeconds": 600,
            "ContainerStartupHealthCheckTimeoutInSeconds": 900,
        },
        "ComputeResourceRequirements": {
            "NumberOfAcceleratorDevicesRequired": 1,
            "MinMemoryRequiredInMb": 1024,
        },
    },
    "RuntimeConfig": {"CopyCount": 1},
    "Tags": [{"Key": "llmdeploy:stack", "Value": "dev"}],
}
TAKES = "Specification.ComputeResourceRequirements"
STARTS = "Specification.StartupParameters"
BROKEN: list[tuple[str, Any]] = [
    *((name, None) for name in ("InferenceComponentName", "EndpointName", f"{TAKES}.MinMemoryRequiredInMb")),
    *(("InferenceComponentName", value) for value in ("", "-chat", "chat_blue", "x" * 64, 7)),
    *(("EndpointName", value) for value in ("chat blue", "chat-", ["chat"])),
    *(("Specification.ModelName", value) for value in ("chat/1", 1)),
    *((f"{TAKES}.NumberOfAcceleratorDevicesRequired", value) for value in (0, 0.5, True)),
    *((f"{TAKES}.MinMemoryRequiredInMb", value) for value in (127, "1024", 1.5)),
    *((f"{STARTS}.ContainerStartupHealthCheckTimeoutInSeconds", value) for value in (59, 3601, "900")),
    *((f"{STARTS}.ModelDataDownloadTimeoutInSeconds", value) for value in (0, 7200)),
    ("RuntimeConfig", {}),
    *(("RuntimeConfig.CopyCount", value) for value in (-1, "1", True)),
    ("Tags", [{"Key": "llmdeploy:stack"}]),
]
REFUSED: list[tuple[str, Any, str]] = [
    ("EndpointName", "other", f'Could not find endpoint "{ARN}:endpoint/other".'),
    ("VariantName", "other", f'Could not find variant "other" of endpoint "{ARN}:endpoint/chat-blue".'),
    ("Specification.ModelName", "other", f'Could not find model "{ARN}:model/other".'),
    ("Specification.ModelName", None, "Exactly one of ModelName and Container must be given."),
    (TAKES, None, "ComputeResourceRequirements is needed for an inference component."),
    ("Specification", None, "Exactly one of Specification and Specifications must be given."),
    ("RuntimeConfig.CopyCount", 0, "Inference components copy count an integer larger than 0"),
    (f"{TAKES}.NumberOfAcceleratorDevicesRequired", 2, "There is not enough hardware resources on the"),
    ("RuntimeConfig.CopyCount", 4, "There is not enough hardware resources on the"),
]


class Cloud:
    """SageMaker on this machine, with an endpoint that hosts components."""

    def __init__(self, folder: Path) -> None:
        self.clouds, self.store = SimulatedClouds(folder), Store(folder)
        self._server = RestServer(folder, TOKEN)
        self.sagemaker = self.client()

    def client(self, signed_for: str = "us-east-1", secret: str = TOKEN) -> Any:
        """One that checks nothing itself."""
        return boto3.session.Session().client(
            "sagemaker",
            region_name=signed_for,
            endpoint_url=f"{self._server.address}/api.sagemaker.us-east-1.amazonaws.com",
            aws_access_key_id=KEY,
            aws_secret_access_key=secret,
            config=Config(
                signature_version="v4",
                parameter_validation=False,
                proxies={},
                retries={"total_max_attempts": 1},
            ),
        )

    def told(self) -> dict[str, Any]:
        return dict(self.sagemaker.describe_inference_component(InferenceComponentName="chat-blue"))

    def instances(self) -> int:
        return len(self.store.instances())

    def close(self) -> None:
        self._server.close()
        self.store.close()


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    made = Cloud(tmp_path)
    host(made.store)
    yield made
    made.close()


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """For requests that leave nothing behind."""
    made = Cloud(tmp_path_factory.mktemp("clouds"))
    host(made.store)
    yield made
    made.close()


def refusal(operation: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        operation(**request)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def broken(path: str, value: Any) -> dict[str, Any]:
    """The good request with one member changed; None: without it."""
    request = copy.deepcopy(GOOD)
    *before, last = path.split(".")
    inner = request
    for step in before:
        inner = inner[step]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return request


@pytest.mark.parametrize(("path", "value"), BROKEN, ids=lambda part: str(part)[:40])
def test_a_broken_request_is_refused_by_the_model(untouched: Cloud, path: str, value: Any) -> None:
    code, said = refusal(untouched.sagemaker.create_inference_component, **broken(path, value))
    assert (code, "failed to satisfy constraint" in said) == ("ValidationException", True)
    assert path.rpartition(".")[2] in said


@pytest.mark.parametrize(("path", "value", "said"), REFUSED, ids=lambda part: str(part)[:40])
def test_what_the_service_cannot_do_is_refused(untouched: Cloud, path: str, value: Any, said: str) -> None:
    code, found = refusal(untouched.sagemaker.create_inference_component, **broken(path, value))
    assert (code, found[: len(said)]) == ("ValidationException", said)
    assert untouched.store.of(COMPONENT) == []


def test_a_component_from_its_making_to_its_end(cloud: Cloud) -> None:
    made = cloud.sagemaker.create_inference_component(**GOOD)
    assert made["InferenceComponentArn"] == f"{ARN}:inference-component/chat-blue"
    told = cloud.told()
    assert (told["InferenceComponentStatus"], told["VariantName"]) == ("InService", "replicas")
    assert told["RuntimeConfig"] == {"DesiredCopyCount": 1, "CurrentCopyCount": 1}
    assert told["Specification"] == GOOD["Specification"]
    assert time.time() - told["CreationTime"].timestamp() < 60
    listed = cloud.sagemaker.list_inference_components(EndpointNameEquals="chat-blue")
    assert [each["InferenceComponentName"] for each in listed["InferenceComponents"]] == ["chat-blue"]
    code, said = refusal(cloud.sagemaker.create_inference_component, **GOOD)
    assert (code, "already existing" in said) == ("ValidationException", True)

    arn = made["InferenceComponentArn"]
    cloud.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "a"}])
    cloud.sagemaker.delete_tags(ResourceArn=arn, TagKeys=["llmdeploy:stack"])
    assert cloud.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "a"}]

    cloud.sagemaker.delete_inference_component(InferenceComponentName="chat-blue")
    code, said = refusal(cloud.sagemaker.describe_inference_component, InferenceComponentName="chat-blue")
    assert (code, said) == ("ValidationException", f'Could not find inference component "{arn}".')


def test_instances_follow_the_copies_down_to_none_and_up_again(cloud: Cloud) -> None:
    cloud.sagemaker.create_inference_component(**GOOD)
    scale(cloud.store, 0, 2)
    counts = []
    for copies in (0, 1, 3):
        wanted = {"CopyCount": copies}
        cloud.sagemaker.update_inference_component_runtime_config(
            InferenceComponentName="chat-blue", DesiredRuntimeConfig=wanted
        )
        counts.append((cloud.told()["RuntimeConfig"]["CurrentCopyCount"], cloud.instances()))
    assert counts == [(0, 0), (1, 1), (2, 2)]


def test_what_is_being_made_can_be_neither_changed_nor_deleted(cloud: Cloud) -> None:
    cloud.clouds.set("pace", 10.0)
    cloud.clouds.add_fault(Fault("slow", type="InferenceComponent", seconds=1.0))
    cloud.sagemaker.create_inference_component(**GOOD)
    assert cloud.told()["InferenceComponentStatus"] == "Creating"
    asked = {"InferenceComponentName": "chat-blue"}
    for operation, more in (
        (cloud.sagemaker.delete_inference_component, {}),
        (cloud.sagemaker.update_inference_component, {"Specification": GOOD["Specification"]}),
    ):
        assert "while it is in state CREATE_IN_PROGRESS" in refusal(operation, **asked, **more)[1]
    time.sleep(1.1)
    assert cloud.told()["InferenceComponentStatus"] == "InService"


def test_an_update_that_does_not_start_is_taken_back(cloud: Cloud) -> None:
    cloud.sagemaker.create_inference_component(**GOOD)
    cloud.clouds.add_fault(Fault("fail", type="InferenceComponent", times=1))
    other = copy.deepcopy(GOOD["Specification"])
    other["StartupParameters"]["ContainerStartupHealthCheckTimeoutInSeconds"] = 1200
    asked = {"InferenceComponentName": "chat-blue", "Specification": other}
    cloud.sagemaker.update_inference_component(**asked)
    told = cloud.told()
    assert (told["InferenceComponentStatus"], told["Specification"]) == ("InService", GOOD["Specification"])
    assert told["FailureReason"].startswith("Request to service failed.")
    cloud.sagemaker.update_inference_component(**asked)
    assert cloud.told()["Specification"] == other


def test_without_an_instance_it_fails_in_the_clouds_words(cloud: Cloud) -> None:
    cloud.clouds.add_fault(Fault("capacity", type="ml.g6.xlarge"))
    cloud.sagemaker.create_inference_component(**broken("RuntimeConfig.CopyCount", 2))
    told = cloud.told()
    assert told["InferenceComponentStatus"] == "Failed"
    assert "InsufficientInstanceCapacity" in told["FailureReason"]


def test_an_endpoint_with_a_model_of_its_own_hosts_none(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path)
    own = {key: value for key, value in HOSTING.items() if key != "managedInstanceScaling"}
    host(cloud.store, {**own, "modelName": "chat-1"})
    code, said = refusal(cloud.sagemaker.create_inference_component, **GOOD)
    cloud.close()
    assert (code, said.partition(".")[0]) == (
        "ValidationException",
        "Inference Components are not supported in this Endpoint",
    )


@pytest.mark.parametrize("how", [{"signed_for": "us-west-2"}, {"secret": "another"}])
def test_who_signs_for_another_region_or_with_another_key_is_refused(
    cloud: Cloud, how: dict[str, str]
) -> None:
    code, said = refusal(cloud.client(**how).describe_inference_component, InferenceComponentName="chat-blue")
    assert code == "InvalidSignatureException"
    assert TOKEN not in said
