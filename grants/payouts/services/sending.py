"""The worker's side: claim and commit, call the rail, book the answer. Exactly once.

The rows are the truth; a Celery message only wakes this up. An attempt is called under a number
that was committed before; while its lease runs nobody else touches it; a lease that ran out means
that nobody knows, and then the rail is asked, never paid anew. Leases use PostgreSQL's clock.
"""

from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from grants.awards import services as awards
from grants.core.policy import require
from grants.events.services import advance, lock
from grants.ledger.models import Place
from grants.ledger.services import move
from grants.payouts.models import PaymentAttempt, Payout
from grants.payouts.rails import rail
from grants.payouts.rails.protocol import Answer, Order, Outcome
from grants.payouts.services.batches import batch_account, finish_if_settled

LEASE = timedelta(seconds=90)
FIRST_QUESTION = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=30)
CHUNK = 20
KEPT_EXCHANGES = 50


def database_now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@transaction.atomic
def claim(question: Q, *, limit: int = CHUNK) -> list[int]:
    """Leases attempts that match, skipping those that another worker holds; returns their ids."""
    now = database_now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = list(
        PaymentAttempt.objects.select_for_update(skip_locked=True)
        .filter(question & free)
        .order_by("id")
        .values_list("pk", flat=True)[:limit]
    )
    PaymentAttempt.objects.filter(pk__in=rows).update(lease_until=now + LEASE)
    return rows


def order_of(attempt: PaymentAttempt) -> Order:
    """What the rail is told; the same for every call under the attempt's number."""
    payout = attempt.payout
    payee = payout.payee
    return Order(
        number=attempt.number,
        amount=payout.net,
        currency=payout.currency,
        payee_kind=payee.kind,
        account=payee.account_number,
        holder_name=payee.holder_name,
        holder_is_company=payee.organisation.is_company,
        bank_name=payee.bank_name,
        cnaps_code=payee.cnaps_code,
        title=payout.reference,
        remark=f"{payout.award.reference} {payout.reference}",
    )


def send_prepared(*, limit: int = CHUNK) -> int:
    """Sends attempts that were never called; returns how many."""
    claimed = claim(Q(state="prepared", called_at=None, lease_until=None), limit=limit)
    for pk in claimed:
        with transaction.atomic():
            taken = PaymentAttempt.objects.filter(pk=pk, state="prepared", called_at=None)
            now = database_now()
            if not taken.update(called_at=now, lease_until=now + LEASE):
                continue
        attempt = _load(pk)
        order = order_of(attempt)
        book(attempt, rail(attempt.rail).send(order))
    return len(claimed)


def lose_expired() -> int:
    """Attempts whose caller died: called or claimed, lease over, no answer → unknown."""
    now, lost = database_now(), 0
    expired = PaymentAttempt.objects.filter(state="prepared", lease_until__lt=now)
    for pk in expired.order_by("id").values_list("pk", flat=True)[:CHUNK]:
        with transaction.atomic():
            attempt = lock(PaymentAttempt(pk=pk))
            if attempt.state != "prepared" or attempt.lease_until is None:
                continue
            if attempt.lease_until >= now:
                continue
            if attempt.called_at is None:
                PaymentAttempt.objects.filter(pk=pk).update(lease_until=None)
            else:
                _lose_sight(attempt, "", "the worker stopped before an answer came")
            lost += 1
    return lost


def ask_open(*, limit: int = CHUNK) -> int:
    """Asks the rail about attempts without a final answer, when their time has come."""
    due = Q(state__in=["unknown", "accepted"], next_ask_at__lte=database_now())
    claimed = claim(due, limit=limit)
    for pk in claimed:
        attempt = _load(pk)
        order = order_of(attempt)
        answer = rail(attempt.rail).ask(attempt.number, order)
        book(attempt, answer, was_question=True)
    return len(claimed)


def ask_now(payout: Payout, *, by) -> bool:
    """Brings the next question forward, for a person who will not wait; False where none is."""
    require(by, "hold_payout", payout)
    open_ones = payout.attempts.filter(state__in=["unknown", "accepted"])
    return bool(open_ones.update(next_ask_at=database_now()))


def _load(pk: int) -> PaymentAttempt:
    return PaymentAttempt.objects.select_related(
        "payout__payee__organisation",
        "payout__batch",
        "payout__milestone__award__application__round__program__fund",
    ).get(pk=pk)


@transaction.atomic
def book(attempt: PaymentAttempt, answer: Answer, *, was_question: bool = False) -> None:
    """Writes what the rail said. An answer to an attempt that is settled changes nothing.

    A refusal of a number that was called before counts only once the rail, asked, knows of no
    payment: the refusal may have been given before it looked for the earlier call. An answer to a
    question that comes while the number is sent again is old, unless it says that it was paid.
    """
    fresh = lock(attempt)
    if fresh.state in ("succeeded", "rejected"):
        return
    is_late = was_question and fresh.state == "prepared"
    if is_late and answer.outcome != Outcome.PAID:
        return
    attempt = _load(attempt.pk)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(
        lease_until=None,
        asked=F("asked") + int(was_question),
        exchange=[*fresh.exchange, _kept(answer, was_question)][-KEPT_EXCHANGES:],
    )
    attempt.asked += int(was_question)
    if answer.outcome == Outcome.PAID:
        _settle(attempt, answer)
    elif answer.outcome in (Outcome.REFUSED, Outcome.RETURNED) and (
        was_question or not fresh.exchange
    ):
        _refuse(attempt, answer)
    elif answer.outcome == Outcome.SENT:
        _note_sent(attempt, answer)
    elif answer.outcome == Outcome.NOT_FOUND and was_question and _is_final_no(attempt):
        _after_not_found(attempt, answer)
    else:
        _lose_sight(attempt, answer.code, answer.message)


def _kept(answer: Answer, was_question: bool) -> dict:
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
    payout, batch, now = attempt.payout, attempt.payout.batch, timezone.now()
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
    _complete_award(payout)


def _complete_award(payout: Payout) -> None:
    award = lock(payout.award)
    open_milestones = award.milestones.exclude(state__in=["accepted", "waived"])
    unpaid = award.milestones.filter(state="accepted").exclude(
        payouts__in=Payout.objects.filter(state="paid")
    )
    if award.state == "active" and not open_milestones.exists() and not unpaid.exists():
        advance(award, "complete", by=None)


def _refuse(attempt: PaymentAttempt, answer: Answer) -> None:
    payout, batch = attempt.payout, attempt.payout.batch
    advance(
        attempt,
        "reject",
        by=None,
        settled_at=timezone.now(),
        next_ask_at=None,
        code=answer.code,
        message=answer.message,
        data=_facts(answer),
    )
    reason = f"{answer.code} {answer.message}".strip()
    event = advance(payout, "fail", by=None, reason=reason, data=_facts(answer))
    move(
        f"payout:{payout.reference}:failed:{attempt.number}",
        payout.gross,
        source=batch_account(batch, payout.currency),
        target=awards.award_account(payout.award, Place.PAYABLE),
        memo=f"payout {payout.reference} refused",
        event=event,
    )
    finish_if_settled(batch)


def _note_sent(attempt: PaymentAttempt, answer: Answer) -> None:
    later = {"next_ask_at": _next_question(attempt), "rail_reference": answer.rail_reference}
    if attempt.state == "accepted":
        PaymentAttempt.objects.filter(pk=attempt.pk).update(**later)
        return
    advance(attempt, "note_accepted", by=None, **later)
    if attempt.payout.state != "sent":
        advance(attempt.payout, "note_sent", by=None, reason="")


def _lose_sight(attempt: PaymentAttempt, code: str, message: str) -> None:
    later = {
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
        _refuse(attempt, replace(answer, code=sent[-1]["code"], message=sent[-1]["message"]))
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
    """When to ask again: twice as long each time, half an hour at the most."""
    pause = min(FIRST_QUESTION * 2 ** min(attempt.asked, 12), LONGEST_PAUSE)
    return database_now() + pause
