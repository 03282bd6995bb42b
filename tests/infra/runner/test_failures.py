"""Whatever goes wrong is one of our errors, with the provider's own words and a mend, and no traceback."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pulumi
import pytest
from tests.infra.runner.world import STACK, World

from llmdeploy.infra.errors import (
    BackendUnusable,
    EngineFailed,
    PassphraseUnusable,
    ProgramFailed,
    ResourcesFailed,
    StateDamaged,
)
from llmdeploy.infra.runner.events import Diagnostic, StepFailed, Summary
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.state.backend import Backend
from llmdeploy.infra.state.damage import restore_state
from llmdeploy.serving.errors import LlmdeployError

pytestmark = pytest.mark.engine


def test_a_resource_that_fails_is_named_with_what_its_provider_said(world: World) -> None:
    things = {"good": {}, "bad": {"fail": "no capacity\ntry another zone", "after": "good"}}
    with pytest.raises(ResourcesFailed) as caught:
        world.runner.up(STACK, world.program(things), world.events.append)
    assert caught.value.problem == (
        "stack dev: 1 resource failed:\n  bad (probe:index:Thing): no capacity\n    try another zone"
    )
    assert caught.value.exit_code == 3, "the other one is up"
    (failed,) = world.seen(StepFailed)
    assert (failed.step.name, failed.message) == ("bad", "no capacity\ntry another zone")
    assert not [event for event in world.seen(Diagnostic) if not event.ephemeral]
    assert world.seen(Summary)[-1].failed == 1

    mended = world.runner.up(STACK, world.program({"good": {}, "bad": {"after": "good"}}))
    assert (mended.counts.create, mended.counts.same) == (1, 1)


def test_inputs_that_a_provider_refuses_fail_without_their_value(world: World) -> None:
    with pytest.raises(ResourcesFailed) as caught:
        world.runner.up(STACK, world.program({"a": {"value": "bad"}}))
    assert caught.value.failures[0].message == "value: must not be bad"
    assert caught.value.exit_code == 1, "nothing is up"


def test_a_program_with_a_bug_is_said_to_have_one(world: World) -> None:
    def buggy() -> None:
        raise ZeroDivisionError("division by zero")

    with pytest.raises(ProgramFailed, match="the program raised division by zero") as caught:
        world.runner.up(STACK, buggy)
    assert "in buggy" in caught.value.traceback
    assert "Traceback" not in str(caught.value)


def test_an_error_of_ours_in_the_program_comes_out_as_it_is(world: World) -> None:
    error = LlmdeployError("the plan names no region", "add one")

    def refusing() -> None:
        raise error

    with pytest.raises(LlmdeployError) as caught:
        world.runner.preview(STACK, refusing)
    assert caught.value is error


def test_a_plugin_that_is_not_installed_is_named_at_once(world: World) -> None:
    class Unknown(pulumi.CustomResource):
        pass

    with pytest.raises(EngineFailed, match="the engine finds no plugin `pulumi-resource-unknown`") as caught:
        world.runner.up(STACK, lambda: Unknown("unknown:index:Thing", "a") and None)
    assert caught.value.mend == "install it with `pulumi plugin install resource unknown`"


@pytest.mark.slow
@pytest.mark.parametrize("attributes", [b"", b'{"user.content_ty'])
def test_attributes_cut_short_beside_a_whole_state_are_made_anew(world: World, attributes: bytes) -> None:
    """An engine killed as it saves leaves them so; the state itself is moved into place whole."""
    program = world.program({"a": {}, "b": {}})
    world.runner.up(STACK, program)
    beside = world.state_file.with_name(f"{world.state_file.name}.attrs")
    for ask in (
        lambda: world.runner.export(STACK),
        lambda: world.runner.preview(STACK, program),
        lambda: world.runner.up(STACK, program),
        lambda: world.runner.destroy(STACK),
    ):
        beside.write_bytes(attributes)
        ask()


@pytest.mark.slow
@pytest.mark.parametrize("size", [0, 300])
def test_a_state_file_cut_short_is_named_with_its_newest_backup_and_can_be_restored(
    world: World, size: int
) -> None:
    world.runner.up(STACK, world.program({"a": {}, "b": {}}))
    whole = world.state_file.read_bytes()
    world.state_file.write_bytes(whole[:size])

    with pytest.raises(StateDamaged) as caught:
        world.runner.up(STACK, world.program({"a": {}, "b": {}}))
    assert str(world.state_file) in caught.value.problem
    assert "cp " in caught.value.mend
    assert world.state_file.read_bytes() == whole[:size], "not made worse"

    restore_state(world.backend, "llmdeploy", STACK)
    assert world.runner.up(STACK, world.program({"a": {}, "b": {}})).counts.changed == 0


def test_another_passphrase_is_recognised(world: World) -> None:
    world.runner.up(STACK, world.program({"a": {}}))
    world.home.passphrase_file.write_text("something else")
    with pytest.raises(PassphraseUnusable, match="not the one that its secrets were encrypted with"):
        world.runner.up(STACK, world.program({"a": {}}))


def test_a_home_with_odd_characters_works(world: World) -> None:
    world.folder = world.folder / "a home & #1 – 50% ü"
    assert world.runner.up(STACK, world.program({"a": {}})).counts.create == 1
    assert world.state_file.exists()
    assert world.runner.outputs(STACK)["a"] == "a"


def test_a_lost_workspace_is_made_again(world: World) -> None:
    world.runner.up(STACK, world.program({"a": {}}))
    for file in (world.home.root / "workspace" / "llmdeploy").iterdir():
        file.unlink()
    assert world.runner.up(STACK, world.program({"a": {}})).counts.changed == 0
    assert world.runner.outputs(STACK, show_secrets=True)["hidden"] == "a secret output"


@pytest.mark.parametrize("url", ["s3://a-bucket-of-nobody?region=nowhere", "https://127.0.0.1:9"])
def test_a_backend_out_of_reach_is_named(world: World, url: str) -> None:
    environ = {
        **world.environ,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PULUMI_HOME": str(world.folder / "pulumi"),
    }
    runner = Runner(world.home, world.engine, Backend(url), environ=environ)
    with pytest.raises(BackendUnusable, match="the state backend"):
        runner.up(STACK, world.program({"a": {}}))


def test_an_engine_that_cannot_run_is_an_error_of_ours(world: World, tmp_path: Path) -> None:
    broken = tmp_path / "pulumi"
    broken.write_text("not a program")
    broken.chmod(0o755)
    world.engine = dataclasses.replace(world.engine, path=broken)
    with pytest.raises(EngineFailed, match=str(broken)):
        world.runner.up(STACK, world.program({"a": {}}))
