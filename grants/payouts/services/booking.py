"""Books what a rail said about an attempt: settled, refused, under way, unknown, or sent again."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from grants.awards import services as awards
from grants.events.services import advance, lock, record
from grants.ledger.models import Place
from grants.ledger.services import move
from grants.payouts.clock import database_now
from grants.payouts.lifecycle import LIVE
from grants.payouts.models import PaymentAttempt, RailName
from grants.payouts.rails.protocol import Answer, Outcome
from grants.payouts.services.batches import batch_account, finish_if_settled
from grants.payouts.services.due import complete_if_done
from grants.payouts.services.rails import next_question

logger = logging.getLogger(__name__)

FIRST_QUESTION = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=30)
KEPT_EXCHANGES = 50


def load(pk: int) -> PaymentAttempt:
    """The attempt with everything that an order and its booking name."""
    return load_all([pk])[pk]


def load_all(keys: list[int]) -> dict[int, PaymentAttempt]:
    """As `load` for many, by one query."""
    return PaymentAttempt.objects.select_related(
        "payout__payee__organisation",
        "batch",
        "payout__milestone__award__application__round__program__fund",
    ).in_bulk(keys)


@transaction.atomic
def book(attempt: PaymentAttempt, answer: Answer, *, was_question: bool = False) -> None:
    """Writes what the rail said. An answer to an attempt that is settled moves nothing; that one
    was refused and is said to be paid is told to the controllers.

    A refusal of a number that was called before counts only once the rail, asked, knows of no
    payment: the refusal may have been given before it looked for the earlier call. An answer to a
    question that comes while the number is sent again is old, unless it says that it was paid.
    """
    fresh = lock(attempt)
    if fresh.state not in LIVE:
        if fresh.state == "rejected" and answer.outcome == Outcome.PAID:
            contradict(load(attempt.pk), answer)
        return
    is_late = was_question and fresh.state == "prepared"
    if is_late and answer.outcome != Outcome.PAID:
        return
    attempt = load(attempt.pk)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(
        lease_until=None,
        asked=F("asked") + int(was_question),
        exchange=[*fresh.exchange, kept(answer, was_question)][-KEPT_EXCHANGES:],
    )
    attempt.asked += int(was_question)
    if answer.outcome == Outcome.PAID:
        _settle(attempt, answer)
    elif answer.outcome in (Outcome.REFUSED, Outcome.RETURNED) and (
        was_question or not fresh.exchange
    ):
        _refuse(attempt, _facts(answer))
    elif answer.outcome == Outcome.SENT:
        _note_sent(attempt, answer)
    elif answer.outcome == Outcome.NOT_FOUND and was_question and _is_final_no(attempt):
        _after_not_found(attempt, answer)
    else:
        lose_sight(attempt, answer.code, answer.message)


def contradict(attempt: PaymentAttempt, answer: Answer) -> None:
    """Records that the rail now says the opposite of what it said before; people must look."""
    logger.error(
        "the rail now says %s of %s, which is %s", answer.code, attempt.number, attempt.state
    )
    data = {"number": attempt.number, **_facts(answer)}
    record(attempt.payout, "contradict", by=None, data=data)


def kept(answer: Answer, was_question: bool) -> dict:
    """An answer as it stays with its attempt."""
    return {
        "call": "ask" if was_question else "send",
        "at": timezone.now(),
        "outcome": answer.outcome.value,
        "code": answer.code,
        "message": answer.message,
        "request": answer.request,
        "response": answer.response,
    }


def _facts(answer: Answer) -> dict[str, str]:
    return {"code": answer.code, "message": answer.message}


def _settle(attempt: PaymentAttempt, answer: Answer) -> None:
    payout, batch, now = attempt.payout, attempt.batch, timezone.now()
    advance(
        attempt,
        "succeed",
        by=None,
        settled_at=now,
        next_ask_at=None,
        code=answer.code,
        message=answer.message,
        rail_reference=answer.rail_reference,
        data={"number": attempt.number, "rail_reference": answer.rail_reference},
    )
    data = {"net": payout.net, "number": attempt.number}
    event = advance(payout, "settle", by=None, paid_at=now, reason="", data=data)
    move(
        f"payout:{payout.reference}:paid:{attempt.number}",
        payout.gross,
        source=batch_account(batch, payout.currency),
        target=awards.award_account(payout.award, Place.PAID),
        memo=f"payout {payout.reference} paid",
        event=event,
    )
    finish_if_settled(batch)
    complete_if_done(payout.award)


def _refuse(attempt: PaymentAttempt, facts: dict[str, str]) -> None:
    payout, batch = attempt.payout, attempt.batch
    settled = {"settled_at": timezone.now(), "next_ask_at": None, "lease_until": None}
    advance(attempt, "reject", by=None, data=facts, **settled, **facts)
    reason = f"{facts['code']} {facts['message']}".strip()
    event = advance(payout, "fail", by=None, reason=reason, data=facts)
    move(
        f"payout:{payout.reference}:failed:{attempt.number}",
        payout.gross,
        source=batch_account(batch, payout.currency),
        target=awards.award_account(payout.award, Place.PAYABLE),
        memo=f"payout {payout.reference} refused",
        event=event,
    )
    finish_if_settled(batch)


@transaction.atomic
def take_back(attempt: PaymentAttempt, *, code: str, message: str, by=None) -> None:
    """Money that was paid came back: `paid → payable`, and the payee must be looked at.

    An attempt that does not stand as paid is left as it is.
    """
    fresh = lock(attempt)
    if fresh.state != "succeeded":
        return
    attempt = load(attempt.pk)
    payout, facts = attempt.payout, {"code": code, "message": message}
    advance(attempt, "return", by=by, code=code, message=message, data=facts)
    award = lock(payout.award)
    if award.state == "completed":
        advance(award, "reopen", by=by)
    event = advance(payout, "return", by=by, reason=f"{code} {message}".strip(), data=facts)
    move(
        f"payout:{payout.reference}:returned:{attempt.number}",
        payout.gross,
        source=awards.award_account(payout.award, Place.PAID),
        target=awards.award_account(payout.award, Place.PAYABLE),
        memo=f"payout {payout.reference} came back",
        event=event,
    )


def withdraw(attempt: PaymentAttempt, code: str, message: str) -> None:
    """Gives up an attempt that was never called: nothing left, so this is a definite no."""
    with transaction.atomic():
        fresh = lock(attempt)
        if fresh.state == "prepared" and fresh.called_at is None:
            _refuse(load(attempt.pk), {"code": code, "message": message})


def _note_sent(attempt: PaymentAttempt, answer: Answer) -> None:
    is_asked = attempt.rail != RailName.BANK_FILE  # there a statement answers, unasked
    later = {
        "next_ask_at": _next_question(attempt) if is_asked else None,
        "rail_reference": answer.rail_reference,
    }
    if attempt.state == "accepted":
        PaymentAttempt.objects.filter(pk=attempt.pk).update(**later)
        return
    advance(attempt, "note_accepted", by=None, **later)
    if attempt.payout.state != "sent":
        advance(attempt.payout, "note_sent", by=None, reason="")


def lose_sight(attempt: PaymentAttempt, code: str, message: str) -> None:
    """Nobody knows: the rail is asked. A caller that comes late finds its mark taken off."""
    later = {
        "called_at": attempt.called_at or database_now(),
        "next_ask_at": _next_question(attempt),
        "lease_until": None,
        "code": code,
        "message": message,
    }
    if attempt.state in ("unknown", "accepted"):
        PaymentAttempt.objects.filter(pk=attempt.pk).update(**later)
        return
    data = {"code": code, "message": message}
    advance(attempt, "lose_sight", by=None, data=data, **later)
    reason = f"{code} {message}".strip()
    advance(attempt.payout, "lose_sight", by=None, reason=reason, data=data)


def _is_final_no(attempt: PaymentAttempt) -> bool:
    """An empty answer means “never seen” only after the rail's own time, counted from the call."""
    if attempt.state != "unknown" or attempt.called_at is None:
        return False
    settled_after = timedelta(seconds=settings.RAIL_NOT_FOUND_IS_FINAL_S)
    return database_now() - attempt.called_at >= settled_after


def _after_not_found(attempt: PaymentAttempt, answer: Answer) -> None:
    """The rail has never seen the number: refused where it refused the call, else sent again."""
    sent = [call for call in attempt.exchange if call["call"] == "send"]
    if sent and sent[-1]["outcome"] == Outcome.REFUSED.value:
        _refuse(attempt, {"code": sent[-1]["code"], "message": sent[-1]["message"]})
        return
    advance(
        attempt,
        "resend",
        by=None,
        called_at=None,
        next_ask_at=None,
        data={"number": attempt.number, **_facts(answer)},
    )
    advance(attempt.payout, "resend", by=None)


def _next_question(attempt: PaymentAttempt):
    return next_question(attempt.asked, FIRST_QUESTION, LONGEST_PAUSE)
