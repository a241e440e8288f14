"""The sandbox's file: transfers, calls, notices and faults in one SQLite database.

One connection and one lock: what was answered is on the disk, and neither a kill of the process nor
a loss of power undoes it.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS transfers (
    out_biz_no TEXT PRIMARY KEY,
    content_sha256 TEXT NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    product_code TEXT NOT NULL,
    identity_type TEXT NOT NULL,
    identity TEXT NOT NULL,
    name TEXT NOT NULL,
    bank TEXT NOT NULL,
    title TEXT NOT NULL,
    remark TEXT NOT NULL,
    order_id TEXT NOT NULL UNIQUE,
    fund_order_id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('SUCCESS', 'DEALING', 'FAIL', 'REFUND')),
    settle_at REAL,
    settle_as TEXT NOT NULL DEFAULT '',
    error_code TEXT NOT NULL DEFAULT '',
    fail_reason TEXT NOT NULL DEFAULT '',
    made_at REAL NOT NULL,
    changed_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS transfers_made ON transfers (made_at);
CREATE INDEX IF NOT EXISTS transfers_dealing ON transfers (settle_at) WHERE status = 'DEALING';
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    method TEXT NOT NULL,
    out_biz_no TEXT NOT NULL,
    bytes_sha256 TEXT NOT NULL,
    fault TEXT NOT NULL,
    code TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS calls_number ON calls (out_biz_no);
CREATE TABLE IF NOT EXISTS notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    notify_id TEXT NOT NULL,
    out_biz_no TEXT NOT NULL,
    content TEXT NOT NULL,
    spoilt INTEGER NOT NULL,
    due_at REAL,
    tries INTEGER NOT NULL DEFAULT 0,
    answer TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS notices_due ON notices (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS notices_number ON notices (out_biz_no);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    fault TEXT NOT NULL,
    remaining INTEGER,
    ends_at REAL,
    met INTEGER NOT NULL DEFAULT 0
) STRICT;
"""


class Store:
    """The file `book.sqlite3` in a folder of its own; it outlives any kill of the process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            folder / "book.sqlite3", isolation_level=None, check_same_thread=False, timeout=10
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(SCHEMA)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone: committed at the end, undone by an exception. Nests."""
        with self._lock:
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            yield self._connection
