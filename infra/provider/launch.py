"""Become a supervised program: read its command and environment from a private file, then exec it.

supervisord's configuration cannot carry every value (comments, `%`, quotes within quotes), and the
environment may hold secrets that must not be seen in a process list. Run by path with `-I -S`; imports
nothing of
llmdeploy.
"""

import json
import os
import sys


def main() -> None:
    """Exec the command of the file named in the first argument; exit 127 when it cannot be run."""
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - pathlib would double the start-up time
        program = json.load(file)
    # What comes and goes without a restart is not part of the command; serving/frameworks/adapters.py.
    adapters = program.get("adapters", [])
    command = [part for word in program["command"] for part in (adapters if word == "{adapters}" else [word])]
    environment = {**os.environ, **program["environment"]}
    try:
        os.execvpe(command[0], command, environment)  # noqa: S606 - no shell is the point
    except OSError as error:
        print(f"cannot run {command[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(127)


if __name__ == "__main__":
    main()
