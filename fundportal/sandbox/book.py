"""The book of the sandbox: at most one transfer under each number, and every call that came."""

import hashlib
import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from decimal import Decimal
from typing import Any

from fundportal.sandbox.faults import Fault
from fundportal.sandbox.rows import CENT, SHANGHAI, Transfer, clock, transfer_of, yuan
from fundportal.sandbox.store import Store

FAILED = ("PAYEE_ACCOUNT_STATUS_ERROR", "The account of the payee cannot receive money.")
RETURNED = ("REFUND", "The bank of the payee sent the money back.")


class Inconsistent(Exception):
    """The number is in the book with other parameters."""


class Book:
    """What was paid, and what was asked. Survives the process.

    `tell` is called with each transfer that is settled, in the transaction that settles it.
    """

    def __init__(self, store: Store, tell: Callable[[Transfer], None]) -> None:
        self._store, self._tell = store, tell

    def at_once(self) -> AbstractContextManager[sqlite3.Connection]:
        """What is entered inside is entered together, with one wait for the disk."""
        return self._store.writing()

    def pay(self, content: Mapping[str, Any], dealing: Fault | None) -> Transfer:
        """Enter the transfer, or find it: the same number with the same parameters is one transfer.

        With `dealing` it is under way first, and settles as that fault says. Raises Inconsistent.
        """
        digest = hashlib.sha256(
            json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()
        ).hexdigest()
        with self._store.writing() as book:
            known = self.find(content["out_biz_no"])
            if known is None:
                return self._enter(book, content, digest, dealing)
            if known.content_sha256 != digest:
                raise Inconsistent(content["out_biz_no"])
            return known

    def _enter(
        self,
        book: sqlite3.Connection,
        content: Mapping[str, Any],
        digest: str,
        dealing: Fault | None,
    ) -> Transfer:
        now, payee = time.time(), content["payee_info"]
        row = {
            "out_biz_no": content["out_biz_no"],
            "content_sha256": digest,
            "amount_fen": int(Decimal(content["trans_amount"]) * CENT),
            "product_code": content["product_code"],
            "identity_type": payee["identity_type"],
            "identity": payee["identity"],
            "name": payee.get("name", ""),
            "bank": payee.get("bankcard_ext_info", {}).get("inst_name", ""),
            "title": content["order_title"],
            "remark": content.get("remark", ""),
            "order_id": _number(now, "11007"),
            "fund_order_id": _number(now, "22000"),
            "status": "DEALING" if dealing else "SUCCESS",
            "settle_at": now + float(dealing.seconds) if dealing else None,
            "settle_as": dealing.then if dealing else "",
            "made_at": now,
            "changed_at": now,
        }
        places = ", ".join(f":{name}" for name in row)
        entered = book.execute(
            f"INSERT INTO transfers ({', '.join(row)}) VALUES ({places}) RETURNING *",  # noqa: S608
            row,
        )
        transfer = transfer_of(entered.fetchone())
        if not dealing:
            self._tell(transfer)
        return transfer

    def find(self, number: str) -> Transfer | None:
        """The transfer under our client's number, as it stands now."""
        with self._store.writing() as book:
            self._settle_due(book)
            row = book.execute("SELECT * FROM transfers WHERE out_biz_no = ?", (number,)).fetchone()
        return transfer_of(row) if row else None

    def settle_due(self) -> None:
        """Settle the transfers under way whose time has come."""
        with self._store.writing() as book:
            self._settle_due(book)

    def _settle_due(self, book: sqlite3.Connection) -> None:
        now = time.time()
        due = book.execute(
            "SELECT out_biz_no, settle_as FROM transfers WHERE status = 'DEALING'"
            " AND settle_at <= ?",
            (now,),
        ).fetchall()
        for row in due:
            code, reason = {"FAIL": FAILED, "REFUND": RETURNED}.get(row["settle_as"], ("", ""))
            self._change(book, row["out_biz_no"], row["settle_as"], code, reason)

    def _change(
        self, book: sqlite3.Connection, number: str, status: str, code: str, reason: str
    ) -> None:
        changed = book.execute(
            "UPDATE transfers SET status = ?, error_code = ?, fail_reason = ?, changed_at = ?"
            " WHERE out_biz_no = ? RETURNING *",
            (status, code, reason, time.time(), number),
        )
        self._tell(transfer_of(changed.fetchone()))

    def give_back(self, number: str, reason: str) -> Transfer | None:
        """Return a paid transfer, as a bank does days later. None where none is paid."""
        with self._store.writing() as book:
            known = self.find(number)
            if known is None or known.status != "SUCCESS":
                return None
            self._change(book, number, "REFUND", RETURNED[0], reason or RETURNED[1])
            return self.find(number)

    def note(self, *, method: str, number: str, content: str, fault: str, code: str) -> None:
        """Remember a call: which bytes came, which fault it met, and the code of the answer."""
        digest = hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()
        with self._store.writing() as book:
            book.execute(
                "INSERT INTO calls (at, method, out_biz_no, bytes_sha256, fault, code)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (time.time(), method, number, digest, fault, code),
            )

    def transfers(self, limit: int | None = None) -> list[Transfer]:
        """The transfers, the newest first."""
        with self._store.writing() as book:
            self._settle_due(book)
            rows = book.execute(
                "SELECT * FROM transfers ORDER BY made_at DESC, out_biz_no LIMIT ?",
                (-1 if limit is None else limit,),
            ).fetchall()
        return [transfer_of(row) for row in rows]

    def calls(self, number: str) -> list[dict[str, Any]]:
        """Every call about a number, the first one first."""
        with self._store.reading() as book:
            rows = book.execute(
                "SELECT at, method, bytes_sha256, fault, code FROM calls WHERE out_biz_no = ?"
                " ORDER BY id",
                (number,),
            ).fetchall()
        return [dict(row) | {"at": clock(row["at"])} for row in rows]

    def totals(self) -> dict[str, dict[str, Any]]:
        """Number and sum of the transfers in each status."""
        with self._store.writing() as book:
            self._settle_due(book)
            rows = book.execute(
                "SELECT status, count(*) AS n, sum(amount_fen) AS fen FROM transfers"
                " GROUP BY status ORDER BY status"
            ).fetchall()
        return {row["status"]: {"count": row["n"], "sum": yuan(row["fen"])} for row in rows}

    def empty(self) -> None:
        """Forget every transfer, call and notification."""
        with self._store.writing() as book:
            for table in ("transfers", "calls", "notices"):
                book.execute(f"DELETE FROM {table}")  # noqa: S608


def _number(now: float, kind: str) -> str:
    """A number in the form of Alipay's: the day, a code, digits."""
    day = f"{datetime.fromtimestamp(now, SHANGHAI):%Y%m%d}"
    return f"{day}{kind}{secrets.randbelow(10**15):015d}"
