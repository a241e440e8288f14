"""What the gateway is told to do wrong: every kind of fault, by chance."""

from random import Random
from typing import Any

from grants.payouts.models import PaymentAttempt
from grants.payouts.rails import codes
from grants.payouts.rails.protocol import Outcome

DEFINITE = sorted(code for code, said in codes.TRANSFER.items() if said == Outcome.REFUSED)
PASSING = sorted(
    code for code, said in codes.TRANSFER.items() if said in (Outcome.RETRY_LATER, Outcome.UNKNOWN)
)
SIMPLE = ("garbage", "truncated", "bad_signature", "sha1_signature", "unsigned")


class Lies:
    """Makes up faults. A gateway may be as bad as it likes, but not say a plain untruth twice.

    One that refuses a number for good and denies a payment that it made under it cannot be
    survived by anybody: so no number meets both a refusal and a denial.
    """

    def __init__(self, random: Random):
        self.random = random
        self.refused: set[str] = set()
        self.denied: set[str] = set()
        self._makers = [
            self._latency,
            self._timeout,
            self._reset,
            self._http,
            self._simple,
            self._simple,
            self._refuse_for_now,
            self._refuse_for_good,
            self._refuse_for_good,
            self._gateway_error,
            self._deny,
            self._dealing,
            self._dealing,
        ]

    def next(self) -> dict[str, Any]:
        fault = None
        while fault is None:
            fault = self.random.choice(self._makers)()
        return {"count": self.random.randint(1, 8), "for_seconds": 30} | fault

    def _side(self) -> dict[str, str]:
        return {
            "when": self.random.choice(["before", "after"]),
            "on": self.random.choice(["transfer", "transfer", "query", "any"]),
        }

    def _latency(self):
        return {"kind": "latency", "seconds": str(self.random.choice([0.2, 0.8, 1.5])), "on": "any"}

    def _timeout(self):
        return {"kind": "timeout", "seconds": "2", "count": 3} | self._side()

    def _reset(self):
        return {"kind": "reset"} | self._side()

    def _http(self):
        status = self.random.choice([302, 400, 429, 500, 502, 503, 504])
        return {"kind": "http", "status": status} | self._side()

    def _simple(self):
        on = self._side()["on"]
        return {"kind": self.random.choice(SIMPLE), "on": on}

    def _refuse_for_now(self):
        """Also after it paid: the word is none about the money."""
        return {"kind": "refuse", "sub_code": self.random.choice(PASSING)} | self._side()

    def _gateway_error(self):
        code = self.random.choice(["20000", "40005"])
        return {"kind": "refuse", "code": code, "sub_code": "isp.unknown-error"} | self._side()

    def _refuse_for_good(self):
        number = self._one_of(PaymentAttempt.objects.filter(state="prepared", called_at=None))
        if number is None or number in self.denied:
            return None
        self.refused.add(number)
        code = self.random.choice(DEFINITE)
        return {"kind": "refuse", "sub_code": code, "out_biz_no": number, "count": 3}

    def _deny(self):
        number = self._one_of(PaymentAttempt.objects.filter(state="unknown"))
        if number is None or number in self.refused:
            return None
        self.denied.add(number)
        return {"kind": "not_found", "out_biz_no": number, "count": 2}

    def _dealing(self):
        return {
            "kind": "dealing",
            "seconds": str(self.random.choice([0, 1, 4])),
            "then": self.random.choice(["SUCCESS", "SUCCESS", "FAIL", "REFUND"]),
        }

    def _one_of(self, attempts) -> str | None:
        numbers = list(attempts.order_by("pk").values_list("number", flat=True)[:60])
        return self.random.choice(numbers) if numbers else None
