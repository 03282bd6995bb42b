"""Remembered digests survive, are shared, and are never in the way."""

from __future__ import annotations

import threading

from llmdeploy.infra.preflight.digests import Digests

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def test_what_is_kept_is_known_next_time(tmp_path):
    Digests(tmp_path / "home" / "images.json").keep("x:1", A)
    assert Digests(tmp_path / "home" / "images.json").get("x:1") == A
    assert Digests(tmp_path / "home" / "images.json").get("x:2") is None


def test_refresh_forgets_but_does_not_lose_the_others(tmp_path):
    file = tmp_path / "images.json"
    first = Digests(file)
    first.keep("x:1", A)
    first.keep("y:1", A)
    fresh = Digests(file, refresh=True)
    assert fresh.get("x:1") is None
    fresh.keep("x:1", B)
    assert (Digests(file).get("x:1"), Digests(file).get("y:1")) == (B, A)


def test_a_damaged_file_is_as_good_as_none(tmp_path):
    file = tmp_path / "images.json"
    for text in ("{cut", "[]", '{"x:1": "latest"}'):
        file.write_text(text)
        assert Digests(file).get("x:1") is None
    Digests(file).keep("x:1", A)
    assert Digests(file).get("x:1") == A


def test_threads_and_processes_lose_nothing_of_each_other(tmp_path):
    file = tmp_path / "images.json"
    both = [Digests(file), Digests(file)]
    threads = [threading.Thread(target=both[0].keep, args=(f"x:{number}", A)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    both[1].keep("y:1", B)
    known = Digests(file)
    assert all(known.get(f"x:{number}") == A for number in range(20))
    assert known.get("y:1") == B
    assert not list(tmp_path.glob("*.partial"))


def test_without_a_file_nothing_is_kept_beyond_the_run():
    digests = Digests(None)
    digests.keep("x:1", A)
    assert digests.get("x:1") == A
    assert Digests(None).get("x:1") is None
