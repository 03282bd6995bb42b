"""What a server is started with, whose adapters come and go."""

from __future__ import annotations

import pytest

from llmdeploy.serving.frameworks.adapters import ADAPTERS, room_for, started_with, words_of
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.frameworks.render import render
from llmdeploy.serving.frameworks.request import AdapterRequest, ParallelRequest, ServeRequest

BOTH = pytest.mark.parametrize("server", ["vllm", "sglang"])


def launched(server: str, *adapters: tuple[str, int | None], **asked: object) -> Launch:
    wanted = tuple(AdapterRequest(name, f"acme/{name}", rank) for name, rank in adapters)
    request = {"model": "acme/tiny", "served_name": "chat", "runtime_adapters": True, **asked}
    return render(server, ServeRequest(adapters=wanted, **request))  # type: ignore[arg-type]


def after(command: tuple[str, ...], flag: str) -> str:
    return command[command.index(flag) + 1]


@BOTH
def test_the_command_does_not_depend_on_which_adapters_there_are(server: str) -> None:
    few, other = launched(server, ("a", 8)), launched(server, ("b", 16), ("c", None), ("d", 1))
    assert few.command == other.command == launched(server).command
    assert few.runtime_adapters != other.runtime_adapters
    assert few.environment == other.environment


@BOTH
def test_it_depends_on_the_room_that_they_need(server: str) -> None:
    base = launched(server, ("a", 8)).command
    assert launched(server, ("a", 128)).command != base
    assert launched(server, *((f"a{index}", 8) for index in range(5))).command != base
    held = {"most_adapters": 8, "adapter_rank": 128}
    assert launched(server, ("a", 128), **held).command == launched(server, **held).command


def test_ranks_are_those_that_vllm_knows() -> None:
    ranks = [after(launched("vllm", ("a", rank)).command, "--max-lora-rank") for rank in (1, 16, 17, 48, 300)]
    assert ranks == ["16", "16", "32", "64", "320"]
    assert after(launched("vllm", adapter_rank=48).command, "--max-lora-rank") == "64"


def test_room_has_some_to_spare() -> None:
    assert [room_for(count) for count in (0, 1, 4, 5, 33, 128, 500)] == [4, 4, 4, 8, 64, 128, 500]


def test_the_list_takes_its_place_when_it_starts() -> None:
    listed = launched("vllm", ("a", 8), ("b", 8)).start_command
    assert after(listed, "--lora-modules") == "a=acme/a"
    assert ADAPTERS not in listed
    assert "b=acme/b" in listed
    assert started_with(("serve", ADAPTERS, "--x"), words_of("sglang", {})) == ("serve", "--x")
    assert started_with(("serve", ADAPTERS), words_of("sglang", {"a": "/a"})) == (
        "serve",
        "--lora-paths",
        "a=/a",
    )


def test_several_copies_in_vllm_have_one_front() -> None:
    copies = {"parallel": ParallelRequest(data=2)}
    assert after(launched("vllm", **copies).command, "--api-server-count") == "1"
    assert "--api-server-count" not in launched("vllm", runtime_adapters=False, **copies).command
    assert "--api-server-count" not in launched("vllm").command
