"""After the faults: what happened, and whether each payout was paid exactly once."""

import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from fundportal.env import ROOT
from grants.events.models import Event, UnsealedEvent
from grants.ledger.models import LedgerAccount, Place
from grants.payouts.lifecycle import LIVE
from grants.payouts.models import PaymentAttempt, Payout, PayoutBatch
from tests.chaos.stage import Stage


def open_things() -> dict[str, int]:
    """What is still under way; all zero when there is nothing left to do."""
    return {
        "payouts": Payout.objects.exclude(state="paid").count(),
        "attempts": PaymentAttempt.objects.filter(state__in=LIVE).count(),
        "batches": PayoutBatch.objects.exclude(state__in=["finished", "cancelled"]).count(),
        "unsealed events": UnsealedEvent.objects.count(),
    }


def states() -> dict[str, int]:
    rows = Payout.objects.values_list("state").annotate(count=Count("pk")).order_by("state")
    return dict(rows)


class Proof:
    """`wrong` names each thing that is not as promised."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.wrong: list[str] = []
        self.transfers = self._transfers()
        self.sums: dict[str, Decimal] = {}

    def _transfers(self) -> dict[str, list[dict[str, Any]]]:
        """The gateway's own book by payout: a number is the payout's reference, "-", the try."""
        book = self.stage.control.get("/control/book").raise_for_status().json()
        by_payout = defaultdict(list)
        for row in book["transfers"]:
            by_payout[row["out_biz_no"].rpartition("-")[0]].append(row)
        return by_payout

    def check(self) -> None:
        self.wrong += [
            f"{count} {what} still open" for what, count in open_things().items() if count
        ]
        attempts = defaultdict(dict)
        for attempt in PaymentAttempt.objects.select_related("payout"):
            attempts[attempt.payout.reference][attempt.number] = attempt.state
        payouts = Payout.objects.select_related("payee").order_by("pk")
        for payout in payouts:
            self._check_payout(payout, attempts.pop(payout.reference, {}))
        strangers = set(self.transfers) - {payout.reference for payout in payouts}
        self.wrong += [f"{name}: in the gateway's book, but no payout" for name in strangers]
        self._check_sums()
        for command in ("check_books", "check_events"):
            self._check_command(command)

    def _check_payout(self, payout: Payout, attempts: dict[str, str]) -> None:
        rows = self.transfers.get(payout.reference, [])
        paid = [row for row in rows if row["status"] == "SUCCESS"]
        ours = [number for number, state in attempts.items() if state == "succeeded"]
        if len(paid) != 1 or [row["out_biz_no"] for row in paid] != ours:
            told = {row["out_biz_no"]: row["status"] for row in rows}
            self.wrong.append(f"{payout}: {payout.state}, attempts {attempts}, gateway {told}")
        for row in paid:
            seen = (Decimal(row["amount"]), row["identity"], row["name"])
            if seen != (payout.net, payout.payee.account_number, payout.payee.holder_name):
                self.wrong.append(f"{payout}: the gateway paid something else, or somebody else")
        back = {row["out_biz_no"] for row in rows if row["status"] == "REFUND"}
        for number, state in attempts.items():
            is_over = state == "rejected" or (state == "returned" and number in back)
            if number not in ours and not is_over:
                self.wrong.append(f"{payout}: another number {number} is {state}")

    def _check_sums(self) -> None:
        held = LedgerAccount.objects.filter(place=Place.PAID).aggregate(sum=Sum("balance"))
        paid = Payout.objects.filter(state="paid").aggregate(sum=Sum("net"))
        rows = [row for rows in self.transfers.values() for row in rows]
        sent = (Decimal(row["amount"]) for row in rows if row["status"] == "SUCCESS")
        self.sums = {
            "paid in the ledger": held["sum"] or Decimal(0),
            "payouts that are paid": paid["sum"] or Decimal(0),
            "the gateway's book": sum(sent, Decimal(0)),
        }
        if len(set(self.sums.values())) != 1:
            self.wrong.append("the three sums differ")

    def _check_command(self, name: str) -> None:
        run = subprocess.run(
            [sys.executable, "manage.py", name], cwd=ROOT, capture_output=True, text=True
        )
        print(f"\n$ manage.py {name}\n{(run.stdout + run.stderr).strip()}")
        if run.returncode:
            self.wrong.append(f"{name} exits with {run.returncode}")


def what_was_met(stage: Stage) -> Counter[str]:
    """How many calls met each fault, by the gateway's own list of calls."""
    book = stage.folder / "sandbox" / "book.sqlite3"
    with sqlite3.connect(f"file:{book}?mode=ro", uri=True) as connection:
        found = connection.execute("SELECT fault, count(*) FROM calls GROUP BY fault")
        return Counter({fault or "none": count for fault, count in found})


def what_was_booked() -> Counter[str]:
    """How often an attempt lost sight, was sent again, was refused; and the portal's time-outs."""
    kinds = ("lose_sight", "resend", "reject", "note_accepted", "succeed", "return")
    booked = Counter(
        {verb: Event.objects.filter(kind=f"paymentattempt.{verb}").count() for verb in kinds}
    )
    for exchange in PaymentAttempt.objects.values_list("exchange", flat=True):
        booked["time-outs"] += sum(call["code"] == "TIMEOUT" for call in exchange)
        booked["questions"] += sum(call["call"] == "ask" for call in exchange)
    return booked
