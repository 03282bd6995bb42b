"""The passphrase is made once, for its owner only, and never handed over in clear."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from llmdeploy.infra.errors import PassphraseUnusable
from llmdeploy.infra.home import Home
from llmdeploy.infra.state.passphrase import passphrase_environment


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", tmp_path / "cache")


def test_it_is_made_once_and_only_its_file_is_named(home: Home) -> None:
    told = passphrase_environment(home, {})
    assert told == {"PULUMI_CONFIG_PASSPHRASE_FILE": str(home.passphrase_file)}
    made = home.passphrase_file.read_text()
    assert len(made) >= 40
    assert home.passphrase_file.stat().st_mode & 0o777 == 0o600
    assert passphrase_environment(home, {}) == told
    assert home.passphrase_file.read_text() == made


@pytest.mark.parametrize("name", ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"])
def test_the_users_own_rules(home: Home, name: str) -> None:
    assert passphrase_environment(home, {name: "/mine"}) == {}
    assert not home.passphrase_file.exists()


def test_many_processes_at_once_agree_on_one(home: Home) -> None:
    script = (
        "import sys; from pathlib import Path; from llmdeploy.infra.home import Home; "
        "from llmdeploy.infra.state.passphrase import passphrase_environment as p; "
        "h = Home(Path(sys.argv[1]), Path('/')); "
        "sys.stdin.readline(); print(Path(p(h, {})['PULUMI_CONFIG_PASSPHRASE_FILE']).read_text())"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(home.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    seen = {racer.communicate(timeout=20)[0] for racer in racers}
    assert len(seen) == 1
    assert [file.name for file in home.root.iterdir()] == ["passphrase"], "no half-made one is left"


@pytest.mark.parametrize(
    ("mode", "content", "message"),
    [
        (0o644, "words", "can be read by others (mode 0644); run `chmod 600"),
        (0o600, "", "is empty; restore it from your backup"),
        (0o600, b"\xff\xfe", "cannot be read: 'utf-8' codec"),
    ],
)
def test_an_unsafe_one_is_refused(home: Home, mode: int, content: str | bytes, message: str) -> None:
    home.passphrase_file.write_bytes(content if isinstance(content, bytes) else content.encode())
    home.passphrase_file.chmod(mode)
    with pytest.raises(PassphraseUnusable) as caught:
        passphrase_environment(home, {})
    assert message in str(caught.value)
