"""The files by which a job of GitHub Actions talks: outputs, and the summary."""

from __future__ import annotations

from pathlib import Path

from llmdeploy.infra.forge.outputs import write_outputs
from llmdeploy.infra.forge.summary import LIMIT, write_summary


def outputs(text: str) -> dict[str, str]:
    """As the runner reads the file."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        assert end
        value = []
        while (said := next(lines)) != end:
            value.append(said)
        found[name] = "\n".join(value)
    return found


def test_outputs_of_any_text(tmp_path: Path) -> None:
    file = tmp_path / "output"
    file.write_text("before<<x\n1\nx\n")
    values = {"specs": 'a\n"b".yaml\nany<<EOF\nfalse\nEOF', "any": "true"}
    write_outputs({"GITHUB_OUTPUT": str(file)}, **values)
    assert outputs(file.read_text()) == {"before": "1", **values}


def test_where_an_output_ends_cannot_be_guessed(tmp_path: Path) -> None:
    ends = []
    for name in ("one", "two"):
        write_outputs({"GITHUB_OUTPUT": str(tmp_path / name)}, any="true")
        ends.append((tmp_path / name).read_text().splitlines()[-1])
    assert ends[0] != ends[1]
    assert len(ends[0]) > 32


def test_no_outputs_elsewhere() -> None:
    write_outputs({}, any="true")


def test_the_summary_is_added_to(tmp_path: Path) -> None:
    environ = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    assert write_summary(environ, "# One")
    assert write_summary(environ, "# Zwölf\n\n")
    assert (tmp_path / "summary").read_text("utf-8") == "# One\n# Zwölf\n"


def test_a_summary_that_is_too_long_is_cut_after_a_line(tmp_path: Path) -> None:
    file = tmp_path / "summary"
    environ = {"GITHUB_STEP_SUMMARY": str(file)}
    write_summary(environ, "first")
    write_summary(environ, "zwölf Zeilen\n" * 200_000)
    text = file.read_text("utf-8")
    assert LIMIT - 100 < len(text.encode()) <= LIMIT
    assert text.endswith("\nzwölf Zeilen\n\n\n**Cut: the job's summary takes no more.**\n")
    write_summary(environ, "more\n" * 100)
    assert file.stat().st_size <= LIMIT


def test_no_summary_elsewhere() -> None:
    assert not write_summary({}, "# One")
