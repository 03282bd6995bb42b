"""Each combination is either refused with a mend that is true, or shows in what is started."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from tests.serving.frameworks.matrix import FEATURES, WEIGHTS, Combination, combinations_tried

from llmdeploy.serving.frameworks.render import SERVERS

REFUSED = {
    "tgi": {
        *("pipeline-parallel", "data-parallel", "expert-parallel", "kv-cache-nvfp4", "runtime-adapters"),
        *("speculative-draft", "speculative-eagle", "speculative-mtp", "concurrency"),
        *("structured-output-xgrammar", "structured-output-llguidance"),
        "structured-output-lm-format-enforcer",
    },
    "sglang": {"structured-output-lm-format-enforcer"},
    "vllm": set(),
    "tensorrt-llm": {
        *("data-parallel", "runtime-adapters"),
        *("structured-output-outlines", "structured-output-lm-format-enforcer"),
    },
    "triton-vllm": {"data-parallel", "runtime-adapters"},
    "triton-tensorrt-llm": {
        *("data-parallel", "runtime-adapters"),
        *("structured-output-outlines", "structured-output-lm-format-enforcer"),
    },
}
"""What a server cannot do, written down beside the catalog so that a slip in either shows."""

BY_ITSELF = {
    *(("sglang", "prefix-caching-on"), ("sglang", "chunked-prefill-on")),
    ("tensorrt-llm", "chunked-prefill-off"),
    *(("tgi", "structured-output-outlines"),),
}
"""What a server does without a flag for it, so that nothing shows."""

ALL = list(combinations_tried())
VALID = [one for one in ALL if not one.problems()]
INVALID = [one for one in ALL if one.problems()]


def test_there_are_enough_of_both_kinds() -> None:
    assert len(VALID) >= 400
    assert {one.server for one in VALID} == set(SERVERS)
    assert len(INVALID) >= 400
    assert max(Counter(map(str, ALL)).values()) == 1


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_refuses_just_what_it_cannot_do(server: str) -> None:
    refused = {feature for feature in FEATURES if Combination(server, "16-bit", (feature,)).problems()}
    assert refused == REFUSED[server]


def test_every_refusal_has_a_mend() -> None:
    assert [str(one) for one in INVALID if not all(problem.mend for problem in one.problems())] == []


def test_every_framework_named_in_a_mend_can_do_it() -> None:
    named = 0
    for one in INVALID:
        for problem in one.problems():
            for server in frameworks_in(problem.mend):
                named += 1
                assert one.problems(server) == [], f"{one}: {problem.mend}"
    assert named > 400


def frameworks_in(mend: str) -> list[str]:
    """The servers after `framework` in a mend."""
    _, found, text = mend.partition("framework ")
    if not found:
        return []
    shown = re.sub(r"triton \(backend: ([a-z-]+)\)", r"triton-\1", text.split(", or ")[0])
    return [word for word in re.split(r", | or ", shown) if word in SERVERS]


@pytest.mark.parametrize("server", SERVERS)
def test_nothing_asked_for_is_silently_dropped(server: str) -> None:
    unseen = set()
    for one in VALID:
        if one.server == server and one.features:
            for left_out in one.features:
                rest = tuple(feature for feature in one.features if feature != left_out)
                without = Combination(server, one.weights, rest)
                if without in VALID and one.launch() == without.launch():
                    unseen.add((server, left_out))
    assert unseen == {pair for pair in BY_ITSELF if pair[0] == server}


@pytest.mark.parametrize("server", SERVERS)
def test_weights_that_show_nowhere_come_from_a_quantized_checkpoint(server: str) -> None:
    plain = Combination(server, "16-bit", ()).launch()
    unseen = {
        weights
        for weights in WEIGHTS
        if weights != "16-bit"
        and (one := Combination(server, weights, ())) in VALID
        and one.launch() == plain
    }
    made_before = {name for name in WEIGHTS if name.endswith(("tensors", "modelopt", "awq", "gptq"))}
    no_way_at_loading = {
        "vllm": {"int8", "int4"},
        "sglang": {"int8"},
        "tgi": set(),
        "tensorrt-llm": {"fp8", "int4"},
        "triton-vllm": {"int8", "int4"},
        "triton-tensorrt-llm": {"fp8", "int4"},
    }[server]
    assert unseen - made_before == no_way_at_loading


@pytest.mark.parametrize("server", SERVERS)
def test_the_key_never_shows_in_argv(server: str) -> None:
    for one in VALID:
        if one.server == server:
            assert not {"--api-key", "--openai-restricted-api", "--hf-token"} & set(one.launch().command)
