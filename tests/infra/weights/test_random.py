"""The generated model and the checks of GGUF files."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from llmdeploy.infra.weights.random_gguf import random_gguf
from llmdeploy.infra.weights.resolve import describe_weights, resolve_weights
from llmdeploy.serving.errors import LlmdeployError


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_seed_always_gives_the_same_bytes(tmp_path: Path) -> None:
    one, same, other = (
        random_gguf(tmp_path / folder, seed) for folder, seed in (("a", 0), ("b", 0), ("c", 1))
    )
    assert sha256(one) == sha256(same) != sha256(other)
    assert one.stat().st_size < 500_000


def test_it_is_made_once_also_when_many_ask(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda _: random_gguf(tmp_path), range(4)))
    assert len({path.stat().st_ino for path in paths}) == 1
    assert not list(tmp_path.rglob("*.partial"))


def test_names_and_paths_are_resolved(tmp_path: Path) -> None:
    model = resolve_weights("random", tmp_path, print)
    assert resolve_weights(str(model), tmp_path, print) == model
    assert resolve_weights(str(model.parent), tmp_path, print) == model
    assert describe_weights("random", model) == "random"
    assert describe_weights(str(model.parent), model) == str(model)


def refused(path: Path) -> str:
    with pytest.raises(LlmdeployError) as error:
        resolve_weights(str(path), path.parent, print)
    return str(error.value)


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "x.gguf").startswith(f"{tmp_path}/x.gguf does not exist; ")


def test_what_is_no_gguf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_text("hello")
    assert refused(tmp_path / "x.gguf").startswith(f"{tmp_path}/x.gguf is not a GGUF file; ")


def test_a_folder_must_hold_one_gguf(tmp_path: Path) -> None:
    assert refused(tmp_path) == f"{tmp_path} holds no GGUF file; name the GGUF file itself"
    for name in "ab":
        (tmp_path / f"{name}.gguf").write_bytes(b"GGUF")
    assert refused(tmp_path) == f"{tmp_path} holds 2 GGUF files; name the GGUF file itself"


@pytest.mark.parametrize("size", [4, 5, 8, 20, 100, 5_000, 20_000, 100_000, 300_000])
def test_a_truncated_file_is_refused(tmp_path: Path, size: int) -> None:
    whole = random_gguf(tmp_path).read_bytes()
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(whole[:size])
    assert refused(cut) == f"{cut} is truncated or damaged; fetch or convert it again"


def test_a_damaged_header_is_refused(tmp_path: Path) -> None:
    whole = bytearray(random_gguf(tmp_path).read_bytes())
    whole[8:16] = b"\xff" * 8
    (tmp_path / "bad.gguf").write_bytes(whole)
    assert "is truncated or damaged" in refused(tmp_path / "bad.gguf")
