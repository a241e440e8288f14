"""What the gateway tells without being asked: a signed form to the portal's address, until it is
answered `success`. Each stands in the sandbox's file from the moment of what it tells of.

Source: alipay.fund.trans.order.changed; signed by rule V1 (see grants.payouts.rails.notify).
"""

import json
import secrets
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from fundportal.sandbox.faults import Faults
from fundportal.sandbox.rows import Transfer, clock
from fundportal.sandbox.store import Store
from grants.payouts.rails import rsa2
from grants.payouts.rails.notify import CHANGED, content

FIRST_AFTER = 0.3
PAUSES = (1, 2, 5, 10, 30, 60, 300)
LOOK_SECONDS = 0.1
TIMEOUT_SECONDS = 5
LONGEST_ANSWER = 200
AT_ONCE = 20


class Notices:
    """The notifications of one sandbox: entered with the book, delivered by one thread."""

    def __init__(self, store: Store, faults: Faults, *, url: str, keys: Path, app_id: str) -> None:
        self._store, self._faults = store, faults
        self.url, self._app_id = url, app_id
        self._key = rsa2.private_key((keys / "gateway-private.pem").read_bytes())
        self._http = httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False)

    def enter(self, transfer: Transfer) -> None:
        """Remember to tell how the transfer stands, in the transaction of its change."""
        if not self.url:
            return
        kind, seconds = self._misbehaviour(transfer)
        if kind == "notify_never":
            return
        row = {
            "notify_id": secrets.token_hex(16),
            "out_biz_no": transfer.out_biz_no,
            "content": json.dumps(_told(transfer), ensure_ascii=False),
            "spoilt": int(kind == "notify_forged"),
            "due_at": time.time() + FIRST_AFTER + seconds,
        }
        for _time in range(2 if kind == "notify_twice" else 1):
            self._insert(row)

    def _misbehaviour(self, transfer: Transfer) -> tuple[str, float]:
        met = self._faults.take("notify", transfer.out_biz_no, transfer.amount)
        return met.kind, float(met.fault.seconds) if met.fault else 0.0

    def _insert(self, row: dict[str, Any]) -> None:
        with self._store.writing() as book:
            book.execute(
                "INSERT INTO notices (notify_id, out_biz_no, content, spoilt, due_at)"
                " VALUES (:notify_id, :out_biz_no, :content, :spoilt, :due_at)",
                row,
            )

    def again(self, number: str) -> bool:
        """Tell the last news of a number once more, under the same notify_id. False: none."""
        with self._store.writing() as book:
            last = book.execute(
                "SELECT notify_id, out_biz_no, content FROM notices WHERE out_biz_no = ?"
                " ORDER BY id DESC LIMIT 1",
                (number,),
            ).fetchone()
            if last is None:
                return False
            self._insert(dict(last) | {"spoilt": 0, "due_at": time.time()})
        return True

    def deliver_due(self) -> int:
        """Post what is due, the oldest first; returns how many there were."""
        with self._store.reading() as book:
            due = book.execute(
                "SELECT * FROM notices WHERE due_at <= ? ORDER BY due_at LIMIT ?",
                (time.time(), AT_ONCE),
            ).fetchall()
        for row in due:
            self._book(row, self._post(row))
        return len(due)

    def _post(self, row: sqlite3.Row) -> str:
        """Post it; what came back, in words."""
        params = {
            "app_id": self._app_id,
            "biz_content": row["content"],
            "charset": "utf-8",
            "msg_method": CHANGED,
            "notify_id": row["notify_id"],
            "sign_type": "RSA2",
            "utc_timestamp": str(int(time.time() * 1000)),
            "version": "1.1",
        }
        raw = content(params, "V1")
        is_spoilt = row["spoilt"] and not row["tries"]
        sign = rsa2.sign(raw + b" " if is_spoilt else raw, self._key)
        try:
            response = self._http.post(self.url, data=params | {"sign": sign})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return f"{type(error).__name__}"
        if response.status_code == httpx.codes.OK and response.content == b"success":
            return "success"
        return f"{response.status_code} {response.text}"[:LONGEST_ANSWER]

    def _book(self, row: sqlite3.Row, answer: str) -> None:
        pause = PAUSES[min(row["tries"], len(PAUSES) - 1)]
        due_at = None if answer == "success" else time.time() + pause
        with self._store.writing() as book:
            book.execute(
                "UPDATE notices SET due_at = ?, tries = tries + 1, answer = ? WHERE id = ?",
                (due_at, answer, row["id"]),
            )

    def listed(self, number: str) -> list[dict[str, Any]]:
        """The notifications of a number, the first one first."""
        with self._store.reading() as book:
            rows = book.execute(
                "SELECT notify_id, tries, answer, due_at FROM notices WHERE out_biz_no = ?"
                " ORDER BY id",
                (number,),
            ).fetchall()
        return [dict(row) | {"due_at": row["due_at"] and clock(row["due_at"])} for row in rows]

    def answers(self) -> dict[str, str]:
        """The last answer to each number's last notification; empty where none came yet."""
        with self._store.reading() as book:
            rows = book.execute("SELECT out_biz_no, answer FROM notices ORDER BY id").fetchall()
        return {row["out_biz_no"]: row["answer"] for row in rows}

    def run(self, settle_due: Callable[[], None]) -> None:
        """Deliver for ever. `settle_due` settles first what is under way, as time has come."""
        while True:
            try:
                settle_due()
                count = self.deliver_due()
            except sqlite3.Error as error:
                print(f"Payment sandbox: {error}", file=sys.stderr, flush=True)
                count = 0
            if not count:
                time.sleep(LOOK_SECONDS)


def _told(transfer: Transfer) -> dict[str, str]:
    fields = {
        "out_biz_no": transfer.out_biz_no,
        "order_id": transfer.order_id,
        "pay_fund_order_id": transfer.fund_order_id,
        "status": transfer.status,
        "trans_amount": transfer.amount,
        "product_code": transfer.product_code,
        "biz_scene": "DIRECT_TRANSFER",
        "pay_date": transfer.changed_at,
        "error_code": transfer.error_code,
        "fail_reason": transfer.fail_reason,
    }
    return {name: value for name, value in fields.items() if value}
