"""Where the simulated clouds keep what they hold: one SQLite file a stack.

SQLite gives what a cloud needs: a change is there whole or not at all, also after kill -9, and the command
line may look and change while an engine is at work.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from llmdeploy.infra.simulate.errors import SimulationError
from llmdeploy.infra.simulate.records import Instance, Record, Reference, Shortage
from llmdeploy.infra.simulate.tables import COLUMNS, TABLES, record_of, row_of

_PATIENCE_S: Final = 10.0
"""Longer than any change of another process lasts."""
_LOOK_S: Final = 0.01


class Store:
    """The file in `folder`, made when it is missing (mode 0600: what the clouds keep secret is in it).

    Raises:
        SimulationError: the file cannot be opened or is not ours.
    """

    FILE: Final = "clouds.sqlite"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / self.FILE
        self._depth = 0
        try:
            if not self.path.exists():
                # Only then: to close a file gives up the locks that other connections of this process have on
                # it, and another process would take away the log under them (sqlite.org/howtocorrupt.html).
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(self.path, timeout=_PATIENCE_S, isolation_level=None)
            _write_ahead(self._db)
            # A power cut may lose the last change, a kill -9 none: enough for a simulation.
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(TABLES)
        except (OSError, sqlite3.Error) as error:
            raise SimulationError(
                f"the simulated clouds in {self.path} cannot be opened: {error}",
                "remove the file to begin with empty ones",
            ) from error

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """All changes inside are made at once, or none when it raises. May be nested."""
        if self._depth:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        self._depth = 1
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        else:
            self._db.execute("COMMIT")
        finally:
            self._depth = 0

    def empty(self) -> None:
        """Forget everything."""
        tables = (
            "resources",
            "handles",
            "refers",
            "generations",
            "instances",
            "shortages",
            "settings",
            "faults",
            "operations",
        )
        with self.change():
            for table in tables:
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608

    # Resources

    def all(self) -> list[Record]:
        """Every resource, oldest first."""
        return self._records("ORDER BY number")

    def of(self, token: str) -> list[Record]:
        """Every resource of a type, oldest first."""
        return self._records("WHERE token = ? ORDER BY number", token)

    def get(self, number: int) -> Record | None:
        """The record of that number."""
        return self._one("WHERE number = ?", number)

    def find(self, token: str, identity: str) -> Record | None:
        """The resource that the cloud knows by this id."""
        return self._one("WHERE token = ? AND id = ? ORDER BY number DESC LIMIT 1", token, identity)

    def by_urn(self, urn: str) -> list[Record]:
        """Resources with this URN: two while it is replaced."""
        return self._records("WHERE urn = ? ORDER BY number", urn)

    def answering(self, handle: str) -> list[Record]:
        """Resources that are known by this id, ARN, name or link."""
        return self._records("WHERE number IN (SELECT number FROM handles WHERE value = ?)", handle)

    def add(self, record: Record) -> int:
        """Keep a new record; its number is drawn here and returned."""
        row = (*row_of(record), time.time())
        cursor = self._db.execute(
            "INSERT INTO resources (token, id, urn, region, inputs, outputs, secrets, created) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        self._db.execute(
            "INSERT INTO generations VALUES (?, 1) ON CONFLICT (urn) DO UPDATE SET count = count + 1",
            (record.urn,),
        )
        return int(cursor.lastrowid or 0)

    def put(self, record: Record) -> None:
        """Keep a changed record."""
        self._db.execute(
            "UPDATE resources SET token = ?, id = ?, urn = ?, region = ?, inputs = ?, outputs = "
            "?, secrets = ? "
            "WHERE number = ?",
            (*row_of(record), record.number),
        )

    def remove(self, number: int) -> None:
        """Forget a resource and everything that hangs on it."""
        for table, column in (
            ("resources", "number"),
            ("handles", "number"),
            ("refers", "number"),
            ("instances", "grp"),
            ("shortages", "grp"),
        ):
            self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))  # noqa: S608

    def generation(self, urn: str) -> int:
        """How many resources this URN has had, living and dead."""
        found = self._db.execute("SELECT count FROM generations WHERE urn = ?", (urn,)).fetchone()
        return int(found[0]) if found else 0

    # What names what

    def index(self, number: int, handles: frozenset[str], references: Sequence[Reference]) -> None:
        """Set by what a resource is known, and what it names."""
        self._db.execute("DELETE FROM handles WHERE number = ?", (number,))
        self._db.execute("DELETE FROM refers WHERE number = ?", (number,))
        self._db.executemany("INSERT INTO handles VALUES (?, ?)", [(each, number) for each in handles])
        self._db.executemany(
            "INSERT INTO refers VALUES (?, ?, ?, ?)",
            [(number, each.path, each.value, each.target) for each in references],
        )

    def references(self, number: int) -> list[Reference]:
        """What a resource names."""
        rows = self._db.execute("SELECT path, value, target FROM refers WHERE number = ?", (number,))
        return [Reference(*row) for row in rows]

    def users(self, number: int) -> list[Record]:
        """Resources that name this one."""
        return self._records(
            (
                "WHERE number IN (SELECT number FROM refers WHERE target = ? AND number != target) "
                "ORDER BY number"
            ),
            number,
        )

    def edges(self) -> list[tuple[int, int]]:
        """Numbers of records: who names whom."""
        return [
            (number, target)
            for number, target in self._db.execute("SELECT number, target FROM refers WHERE target")
        ]

    # Instances

    def instances(self, group: int | None = None) -> list[Instance]:
        """Those of a group, or all, oldest first."""
        where, values = ("WHERE grp = ?", (group,)) if group is not None else ("", ())
        return [
            Instance(*row)
            for row in self._db.execute(f"SELECT * FROM instances {where} ORDER BY created, id", values)  # noqa: S608
        ]

    def add_instance(self, instance: Instance) -> None:
        """A machine that was started."""
        self._db.execute(
            "INSERT OR REPLACE INTO instances VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                instance.id,
                instance.group,
                instance.zone,
                instance.type,
                instance.lifecycle,
                instance.address,
                instance.created,
            ),
        )

    def remove_instance(self, identity: str) -> None:
        """A machine that was ended."""
        self._db.execute("DELETE FROM instances WHERE id = ?", (identity,))

    def shortages(self) -> list[Shortage]:
        """Every group that has fewer than it wants."""
        return [Shortage(*row) for row in self._db.execute("SELECT * FROM shortages ORDER BY grp")]

    def set_shortage(self, group: int, shortage: Shortage | None) -> None:
        """Say that a group lacks instances, or with None that it lacks none."""
        self._db.execute("DELETE FROM shortages WHERE grp = ?", (group,))
        if shortage is not None:
            self._db.execute(
                "INSERT INTO shortages VALUES (?, ?, ?, ?)",
                (shortage.group, shortage.wanted, shortage.has, shortage.message),
            )

    # Settings and faults

    def settings(self) -> dict[str, Any]:
        """What was set, by key."""
        return {key: json.loads(value) for key, value in self._db.execute("SELECT * FROM settings")}

    def set(self, key: str, value: Any) -> None:
        """Keep one setting."""
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, json.dumps(value)))

    def faults(self) -> list[tuple[int, dict[str, Any]]]:
        """Number and content of each fault, oldest first."""
        rows = self._db.execute("SELECT number, value FROM faults ORDER BY number")
        return [(number, json.loads(value)) for number, value in rows]

    def add_fault(self, value: dict[str, Any]) -> int:
        """Keep a fault; its number is returned."""
        cursor = self._db.execute("INSERT INTO faults (value) VALUES (?)", (json.dumps(value),))
        return int(cursor.lastrowid or 0)

    def put_fault(self, number: int, value: dict[str, Any] | None) -> None:
        """Change a fault, or with None end it."""
        if value is None:
            self._db.execute("DELETE FROM faults WHERE number = ?", (number,))
        else:
            self._db.execute("UPDATE faults SET value = ? WHERE number = ?", (json.dumps(value), number))

    # Operations that go on

    def operations(self) -> dict[str, dict[str, Any]]:
        """The content of each, by name."""
        return {name: json.loads(value) for name, value in self._db.execute("SELECT * FROM operations")}

    def put_operation(self, name: str, value: dict[str, Any]) -> None:
        """Keep a new or changed one."""
        self._db.execute("INSERT OR REPLACE INTO operations VALUES (?, ?)", (name, json.dumps(value)))

    def _records(self, where: str, *values: Any) -> list[Record]:
        rows = self._db.execute(f"SELECT {COLUMNS} FROM resources {where}", values)  # noqa: S608
        return [record_of(row) for row in rows]

    def _one(self, where: str, *values: Any) -> Record | None:
        found = self._records(where, *values)
        return found[0] if found else None


def _write_ahead(database: sqlite3.Connection) -> None:
    """Keep a log, so that looking and changing do not wait for each other.

    Two processes that open a new file at once both want it for themselves; SQLite waits for no lock there,
    since each may hold what the other needs (sqlite.org/c3ref/busy_handler.html), and refuses one.
    """
    limit = time.monotonic() + _PATIENCE_S
    while True:
        try:
            database.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > limit:
                raise
        time.sleep(_LOOK_S)
