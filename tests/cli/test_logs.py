"""The end of logs, and what is added to them; rotated and shortened files too."""

from __future__ import annotations

from itertools import islice
from threading import Timer

import pytest

from llmdeploy.cli.live.logtail import LogLine, follow, last_lines


@pytest.mark.parametrize("count", [0, 1, 3, 10_000])
def test_last_lines(count, tmp_path):
    log = tmp_path / "a.log"
    # Longer than one block, so that reading backwards takes several.
    texts = [f"line {number} {'é' * 50}" for number in range(500)]
    log.write_text("\n".join(texts) + "\n")
    expected = texts[-count:] if count else []
    assert [line.text for line in last_lines({"a": log}, count)] == expected


def test_a_log_that_is_not_there_has_no_lines(tmp_path):
    assert list(last_lines({"a": tmp_path / "none.log"}, 5)) == []


def test_bytes_that_are_no_text_are_shown_as_such(tmp_path):
    log = tmp_path / "a.log"
    log.write_bytes(b"\xff\xfe ok\n")
    assert list(last_lines({"a": log}, 1)) == [LogLine("a", "\ufffd\ufffd ok")]


def test_follow_shows_what_is_added_to_any_of_them(tmp_path):
    one, two = tmp_path / "1.log", tmp_path / "2.log"
    one.write_text("old\n")
    lines = follow({"one": one, "two": two})
    Timer(0.3, lambda: append(one, "new\nhalf")).start()
    Timer(0.6, lambda: append(one, " whole\n")).start()
    Timer(0.9, lambda: append(two, "created\n")).start()
    assert list(islice(lines, 3)) == [
        LogLine("one", "new"),
        LogLine("one", "half whole"),
        LogLine("two", "created"),
    ]


def test_follow_goes_on_after_a_rotation(tmp_path):
    log = tmp_path / "a.log"
    log.write_text("before\n")
    lines = follow({"a": log})

    def rotate():
        log.rename(tmp_path / "a.log.1")
        log.write_text("after\n")

    Timer(0.3, rotate).start()
    assert next(lines) == LogLine("a", "after")


def append(path, text):
    with path.open("a") as file:
        file.write(text)
