"""The tables of the store, and records as rows of them."""

from __future__ import annotations

import json
from typing import Any, Final

from llmdeploy.infra.simulate.records import Record

TABLES: Final = """
CREATE TABLE IF NOT EXISTS resources (
    number INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL, id TEXT NOT NULL, urn TEXT NOT NULL,
    region TEXT NOT NULL, inputs TEXT NOT NULL, outputs TEXT NOT NULL, secrets TEXT NOT NULL, created REAL
    NOT NULL);
CREATE INDEX IF NOT EXISTS by_id ON resources (token, id);
CREATE INDEX IF NOT EXISTS by_urn ON resources (urn);
CREATE TABLE IF NOT EXISTS handles (value TEXT NOT NULL, number INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS by_value ON handles (value);
CREATE INDEX IF NOT EXISTS handles_of ON handles (number);
CREATE TABLE IF NOT EXISTS refers (
    number INTEGER NOT NULL, path TEXT NOT NULL, value TEXT NOT NULL, target INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS by_target ON refers (target);
CREATE INDEX IF NOT EXISTS by_number ON refers (number);
CREATE TABLE IF NOT EXISTS generations (urn TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS instances (
    id TEXT PRIMARY KEY, grp INTEGER NOT NULL, zone TEXT NOT NULL, type TEXT NOT NULL,
    lifecycle TEXT NOT NULL, address TEXT NOT NULL, created REAL NOT NULL);
CREATE INDEX IF NOT EXISTS by_group ON instances (grp);
CREATE TABLE IF NOT EXISTS shortages (
    grp INTEGER PRIMARY KEY, wanted INTEGER NOT NULL, has INTEGER NOT NULL, message TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS operations (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (number INTEGER PRIMARY KEY AUTOINCREMENT, value TEXT NOT NULL);
"""
COLUMNS: Final = "number, token, id, urn, region, inputs, outputs, secrets, created"


def row_of(record: Record) -> tuple[str, ...]:
    """The columns that are ours to write, in the order of the table."""
    return (
        record.token,
        record.id,
        record.urn,
        record.region,
        json.dumps(record.inputs),
        json.dumps(record.outputs),
        json.dumps(record.secrets),
    )


def record_of(row: tuple[Any, ...]) -> Record:
    """The record of a row of COLUMNS."""
    number, token, identity, urn, region, inputs, outputs, secrets, created = row
    return Record(
        number,
        token,
        identity,
        urn,
        region,
        json.loads(inputs),
        json.loads(outputs),
        tuple(json.loads(secrets)),
        created,
    )
