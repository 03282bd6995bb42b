"""Where the state goes: the option, then the environment, then the home."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmdeploy.infra.errors import BackendUnusable
from llmdeploy.infra.home import Home
from llmdeploy.infra.state.backend import Backend, choose_backend

_OURS = {"LLMDEPLOY_BACKEND": "s3://ours", "PULUMI_BACKEND_URL": "gs://theirs"}


def test_the_first_that_is_named_rules(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", tmp_path / "cache")
    assert choose_backend(home, "azblob://option", _OURS).url == "azblob://option"
    assert choose_backend(home, None, _OURS).url == "s3://ours"
    assert choose_backend(home, None, {"PULUMI_BACKEND_URL": "gs://theirs"}).url == "gs://theirs"
    assert choose_backend(home, None, {}).folder == tmp_path / "home" / "state"


def test_a_folder_with_spaces_is_the_same_folder(tmp_path: Path) -> None:
    home = Home(tmp_path / "my home", tmp_path / "cache")
    assert choose_backend(home, None, {}).folder == home.state
    assert Backend("s3://bucket").folder is None


@pytest.mark.parametrize(
    ("option", "environ", "message"),
    [
        ("bucket", {}, "--backend: 'bucket' is not a state backend; begin it with one of file://, s3://"),
        (None, {"LLMDEPLOY_BACKEND": "ftp://x"}, "LLMDEPLOY_BACKEND: 'ftp://x' is not a state backend"),
        ("file:///not/there", {}, "--backend: the folder /not/there does not exist; make it first"),
    ],
)
def test_what_is_no_backend_is_refused(
    tmp_path: Path, option: str | None, environ: dict[str, str], message: str
) -> None:
    with pytest.raises(BackendUnusable) as caught:
        choose_backend(Home(tmp_path, tmp_path), option, environ)
    assert str(caught.value).startswith(message)
