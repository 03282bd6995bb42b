"""The exit codes of `llmdeploy`, in one place.

130 and 141 follow the shell's rule of 128 + signal (SIGINT, SIGPIPE); 70 is EX_SOFTWARE of sysexits.h.
"""

from __future__ import annotations

from typing import Final

OK: Final = 0
FAILED: Final = 1
USAGE: Final = 2
PARTLY_UP: Final = 3
LOCKED: Final = 4
UNHEALTHY: Final = 5
CONDITION: Final = 6
WENT_BACK: Final = 7
BUG: Final = 70
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141

MEANINGS: Final[dict[int, str]] = {
    OK: "done",
    FAILED: "failed; the message says what to do",
    USAGE: "wrong usage, or errors in the spec",
    PARTLY_UP: "partly up: some resources failed, the next `up` goes on",
    LOCKED: "another llmdeploy works on this stack",
    UNHEALTHY: "status, drift: something is not healthy, or differs from the spec",
    CONDITION: "preview: a --fail-on condition holds",
    WENT_BACK: "rollout: the new version was not good enough, and the former one serves",
    BUG: "a bug in llmdeploy; a report was saved",
    INTERRUPTED: "interrupted (Ctrl-C); the next command goes on from there",
    PIPE_CLOSED: "the reader of the output went away",
}
