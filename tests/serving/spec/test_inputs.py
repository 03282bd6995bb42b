"""Whatever a file turns out to be, the answer is an error that says what to do, and it comes soon."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from llmdeploy.serving.errors import SpecErrors
from llmdeploy.serving.load import load_spec, parse_spec

VALID = "name: chat\nmodel: Qwen/Qwen2.5-7B-Instruct\nframework: vllm\nregions: [local/a]\n"


def error_of(path: Path) -> str:
    with pytest.raises(SpecErrors) as raised:
        load_spec(path)
    return str(raised.value).replace(str(path), "FILE")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert error_of(tmp_path / "chat.yaml") == (
        "FILE: cannot be read: no such file or directory; check the path and its permissions"
    )


def test_a_folder(tmp_path: Path) -> None:
    assert error_of(tmp_path) == ("FILE: cannot be read: is a directory; check the path and its permissions")


def test_a_pipe_that_nobody_writes_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert error_of(tmp_path / "pipe") == "FILE: is not a file; name a YAML file that holds a spec"


def test_a_device_without_end() -> None:
    assert error_of(Path("/dev/zero")) == "FILE: is not a file; name a YAML file that holds a spec"


def test_a_name_with_a_zero_byte() -> None:
    with pytest.raises(SpecErrors, match="cannot be the name of a file"):
        load_spec("a\0b")


READ_AS_NOBODY = """
import os, sys
from llmdeploy.serving.errors import SpecErrors
from llmdeploy.serving.load import load_spec
if os.getuid() == 0:  # who may read everything
    os.setuid(65534)
try:
    load_spec(sys.argv[1])
except SpecErrors as errors:
    print(errors)
"""


def test_a_file_that_may_not_be_read() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder) / "chat.yaml"
        file.write_text(VALID)
        file.chmod(0)
        command = [sys.executable, "-c", READ_AS_NOBODY, str(file)]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert answer.stdout == f"{file}: cannot be read: permission denied; check the path and its permissions\n"


def test_ten_megabytes(tmp_path: Path) -> None:
    file = tmp_path / "chat.yaml"
    file.write_text(VALID + "# padding\n" * (1 << 20))
    assert error_of(file) == "FILE: is larger than 1 MiB; keep one spec in one file, and nothing else"


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    file = tmp_path / "chat.yaml"
    file.write_bytes(b"name: chat\nmodel: \xc3\xa4\xff\xfe\n")
    assert error_of(file) == "FILE:2:9: is not UTF-8 text; save it as UTF-8, or name another file"


def test_a_program(tmp_path: Path) -> None:
    file = tmp_path / "chat.yaml"
    file.write_bytes(Path(sys.executable).resolve().read_bytes()[: 1 << 20])
    assert "is not UTF-8 text" in error_of(file)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    file = tmp_path / "chat.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + VALID.encode())
    assert load_spec(file).position(("name",)) == (1, 7)


def test_a_billion_laughs() -> None:
    text = "a0: &a0 [ha, ha, ha]\n"
    for level in range(1, 30):
        text += f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n"
    assert "is an alias (*a0); write the value out" in error_within_bounds(text)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_without_end(opening: str) -> None:
    text = "name: chat\nmodel: " + opening * 200_000
    assert error_within_bounds(text)


def test_many_errors_do_not_take_long() -> None:
    text = VALID + "".join(f"key{index}: 1\n" for index in range(2000))
    assert error_within_bounds(text).count("is not known here") == 2000


def error_within_bounds(text: str) -> str:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.monotonic()
    with pytest.raises(SpecErrors) as raised:
        parse_spec(text[: 1 << 20], "chat.yaml")
    assert time.monotonic() - begun < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024  # KiB
    return str(raised.value)


def test_positions_are_those_of_the_values() -> None:
    loaded = parse_spec(VALID + "scaling:\n  max: 4\n", "chat.yaml")
    assert loaded.position(("scaling", "max")) == (6, 8)
    assert loaded.position(("regions", 0, "name")) == (4, 11)
    assert loaded.position(("routing", "policy")) == (1, 1)


def test_two_files_that_mean_the_same_have_one_digest() -> None:
    short = parse_spec(VALID, "a.yaml")
    long = parse_spec(
        "regions: [{name: local/a}]\nvariant: self-hosted\nframework: {name: vllm}\nscaling:\n"
        "model: {id: Qwen/Qwen2.5-7B-Instruct}\nname: 'chat'\n",
        "b.yaml",
    )
    assert short.digest == long.digest
    assert short.digest != parse_spec(VALID + "scaling: 2\n", "a.yaml").digest
