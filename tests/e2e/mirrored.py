# SPDX-License-Identifier: MIT
"""What a node has of the database on its own disk, and what the database has."""
import json
import os
import sqlite3

OWN = ("schema_version", "sqlite_sequence")


def mirrored(house):
    """All tables of a node's mirror, as of one moment; None while there is none."""
    path = os.path.join(house.state, "mirror", "pagerd.db")
    try:
        base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        base.execute("BEGIN")
        tables = {}
        for (name,) in base.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            if name in OWN:
                continue
            columns = [row[1] for row in base.execute(f"PRAGMA table_info({name})")
                       if (name, row[1]) != ("entry", "id")]
            rows = base.execute(f"SELECT {', '.join(columns)} FROM {name}").fetchall()
            if name == "meta":
                rows = [row for row in rows if not row[0].startswith("mirror.")]
            tables[name] = (columns, sorted(map(repr, rows)))
        base.close()
        return tables
    except sqlite3.OperationalError:
        return None


def recorded(base, tables):
    """The same of the database."""
    found = {}
    for name, (columns, _) in tables.items():
        lines = base.sql(f"SELECT row_to_json(t) FROM (SELECT {', '.join(columns)} FROM {name}) t")
        rows = [tuple(json.loads(line)[column] for column in columns)
                for line in lines.splitlines()]
        found[name] = (columns, sorted(map(repr, rows)))
    return found


def is_equal(base, house):
    tables = mirrored(house)
    return tables is not None and tables == recorded(base, tables)
