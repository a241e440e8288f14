"""The misbehaviours that the sandbox can be told to show, and the list of those in force."""

import json
import random
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from fundportal.sandbox.store import Store

KINDS = {
    "latency": "answers rightly, after `seconds`; joins with another fault",
    "timeout": "says nothing for `seconds`, then hangs up",
    "reset": "breaks the connection at once (TCP reset)",
    "http": "answers HTTP `status`",
    "garbage": "answers 200 with a page of HTML",
    "truncated": "breaks off in the middle of the answer",
    "bad_signature": "signs other bytes than it sends",
    "sha1_signature": "signs with SHA-1",
    "unsigned": "sends no signature",
    "refuse": "answers `code` and `sub_code` with `sub_msg`",
    "not_found": "a query says ORDER_NOT_EXIST, whatever is in the book",
    "dealing": "accepts, says DEALING, and settles `then` after `seconds`",
    "notify_twice": "tells the portal of a change twice",
    "notify_late": "tells it `seconds` later",
    "notify_forged": "signs other bytes than it tells, the first time",
    "notify_never": "does not tell it",
}
EITHER_SIDE = ("timeout", "reset", "http", "garbage", "refuse")
SETTLED = ("SUCCESS", "FAIL", "REFUND")
CALLS = ("transfer", "query", "any", "notify")
LONGEST_SECONDS = Decimal(3600)


class WrongFault(ValueError):
    """A fault that cannot be set: the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One misbehaviour, whom it meets and for how long.

    `when` says whether the call is executed first ("after") or not at all ("before"). It meets the
    next `count` calls (0: no limit), each with `probability`, for `for_seconds` (0: no limit), only
    those `on` the named call and, where given, of this `out_biz_no` and `amount`. A notification is
    no call that comes in: "any" leaves it out.
    """

    kind: str
    when: str = ""
    on: str = "transfer"
    count: int = 0
    probability: Decimal = Decimal(1)
    for_seconds: Decimal = Decimal(0)
    out_biz_no: str = ""
    amount: str = ""
    seconds: Decimal = Decimal(0)
    status: int = 502
    code: str = "40004"
    sub_code: str = "SYSTEM_ERROR"
    sub_msg: str = "The sandbox was told to refuse."
    then: str = "SUCCESS"

    @property
    def is_before(self) -> bool:
        return self.when == "before"

    @property
    def is_of_notices(self) -> bool:
        return self.kind.startswith("notify_")

    def meets(self, call: str, number: str, amount: str) -> bool:
        """Whether it is about this call, and its die falls so."""
        return (
            (self.on == call or (self.on == "any" and call != "notify"))
            and self.out_biz_no in ("", number)
            and self.amount in ("", amount)
            and (self.probability == 1 or Decimal(random.random()) < self.probability)  # noqa: S311
        )


DEFAULT_SECONDS = {
    "timeout": Decimal(30),
    "dealing": Decimal(5),
    "latency": Decimal(1),
    "notify_late": Decimal(10),
}
DEFAULT_CALL = {"not_found": "query"} | dict.fromkeys(
    (kind for kind in KINDS if kind.startswith("notify_")), "notify"
)


def read(given: Mapping[str, Any]) -> Fault:
    """The fault that a form or a JSON object describes. Empty values count as not given.

    Raises WrongFault.
    """
    known = {field.name: field.type for field in fields(Fault)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise WrongFault(f"A fault has no {name}. It has: {', '.join(known)}.")
        if value in ("", None):
            continue
        try:
            values[name] = known[name](str(value))  # type: ignore[operator]
            if isinstance(values[name], Decimal) and not values[name].is_finite():
                raise ValueError(name)
        except (ValueError, InvalidOperation):
            raise WrongFault(f"{name} cannot be {value!r}.") from None
    return _checked(values)


def _checked(values: dict[str, Any]) -> Fault:
    kind = values.get("kind", "")
    if kind not in KINDS:
        raise WrongFault(f"The kind of a fault is one of: {', '.join(KINDS)}.")
    values.setdefault("seconds", DEFAULT_SECONDS.get(kind, Decimal(0)))
    values.setdefault("when", "before" if kind == "refuse" else "after")
    values.setdefault("on", DEFAULT_CALL.get(kind, "transfer"))
    fault = Fault(**values)
    allowed = ("before", "after") if kind in EITHER_SIDE else ("after",)
    checks = {
        f"{kind} happens {' or '.join(allowed)} executing.": fault.when in allowed,
        f"A fault is on one of: {', '.join(CALLS)}.": fault.on in CALLS,
        "not_found is on a query.": kind != "not_found" or fault.on == "query",
        "notify_… is on notify, and nothing else is.": fault.is_of_notices
        == (fault.on == "notify"),
        "dealing is on a transfer.": kind != "dealing" or fault.on == "transfer",
        "A probability is above 0, and at most 1.": 0 < fault.probability <= 1,
        "count is not below zero.": fault.count >= 0,
        "Seconds are from 0 to 3600.": all(
            0 <= span <= LONGEST_SECONDS for span in (fault.seconds, fault.for_seconds)
        ),
        "An HTTP status is from 300 to 599.": 300 <= fault.status <= 599,
        f"then is one of: {', '.join(SETTLED)}.": fault.then in SETTLED,
    }
    for sentence, holds in checks.items():
        if not holds:
            raise WrongFault(sentence)
    return fault


@dataclass(frozen=True)
class Met:
    """What a call meets: how long it waits, and then at most one misbehaviour."""

    seconds: Decimal = Decimal(0)
    fault: Fault | None = None

    @property
    def kind(self) -> str:
        return self.fault.kind if self.fault else ""


class Faults:
    """The faults in force, in the order in which they were set. They outlive a kill."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, fault: Fault) -> int:
        """Put it in force; its id is what removes it."""
        ends = time.time() + float(fault.for_seconds) if fault.for_seconds else None
        with self._store.writing() as book:
            row = book.execute(
                "INSERT INTO faults (fault, remaining, ends_at) VALUES (?, ?, ?)",
                (json.dumps(asdict(fault), default=str), fault.count or None, ends),
            )
        return int(row.lastrowid or 0)

    def take(self, call: str, number: str, amount: str) -> Met:
        """What this call meets; it is counted."""
        if not self._in_force():
            return Met()
        with self._store.writing() as book:
            met = Met()
            for row in self._in_force():
                fault = read(json.loads(row["fault"]))
                is_wait = fault.kind == "latency"
                if (met.fault and not is_wait) or not fault.meets(call, number, amount):
                    continue
                if is_wait:
                    met = replace(met, seconds=met.seconds + fault.seconds)
                else:
                    met = replace(met, fault=fault)
                book.execute(
                    "UPDATE faults SET met = met + 1, remaining = remaining - 1 WHERE id = ?",
                    (row["id"],),
                )
            return met

    def listed(self) -> list[dict[str, Any]]:
        """Each fault in force with its id, what is left of its count, and how often it was met."""
        with self._store.reading():
            return [
                {"id": row["id"], "remaining": row["remaining"], "met": row["met"]}
                | json.loads(row["fault"])
                for row in self._in_force()
            ]

    def _in_force(self) -> list[Any]:
        with self._store.reading() as book:
            return book.execute(
                "SELECT * FROM faults WHERE (remaining IS NULL OR remaining > 0)"
                " AND (ends_at IS NULL OR ends_at > ?) ORDER BY id",
                (time.time(),),
            ).fetchall()

    def remove(self, fault_id: int | None = None) -> int:
        """Take one fault, or all, out of force. Returns how many there were."""
        with self._store.writing() as book:
            if fault_id is None:
                return book.execute("DELETE FROM faults").rowcount
            return book.execute("DELETE FROM faults WHERE id = ?", (fault_id,)).rowcount
