"""Many payouts, quickly: for counting queries, and for files that are long."""

from django.utils import timezone

from grants.milestones.models import Milestone
from grants.payouts.models import PaymentAttempt, Payout
from grants.payouts.rails.protocol import Answer, Outcome
from grants.payouts.services.booking import book
from tests import cast


def due_payouts(*owners: str, amount: str = "100000.00") -> list[Payout]:
    """A payout that is due for each owner, each in a round of its own; all in the books."""
    return [
        cast.due_payout(owner, round=cast.open_round(f"round-of-{owner}"), amount=amount)
        for owner in owners
    ]


def copies(payout: Payout, count: int) -> list[Payout]:
    """`count` more payouts like this one, for more milestones of its award; not in the books."""
    first = payout.milestone
    milestones = Milestone.objects.bulk_create(
        Milestone(
            award=first.award,
            number=100 + number,
            title_zh=first.title_zh,
            title_en=first.title_en,
            amount=first.amount,
            due_on=first.due_on,
            state="accepted",
        )
        for number in range(count)
    )
    return Payout.objects.bulk_create(
        Payout(
            reference=f"PAY-2020-{milestone.number:06d}",
            milestone=milestone,
            payee=payout.payee,
            batch=payout.batch,
            gross=payout.gross,
            withheld=payout.withheld,
            net=payout.net,
            state=payout.state,
            due_at=payout.due_at,
            paid_at=payout.paid_at,
        )
        for milestone in milestones
    )


def answer(outcome: Outcome, code: str = "10000", message: str = "Success") -> Answer:
    return Answer(
        outcome=outcome,
        code=code,
        message=message,
        rail_reference="20260303",
        request={"account": "****0128"},
        response={"code": code},
        at=timezone.now(),
    )


def settled(payout: Payout, outcome: Outcome = Outcome.PAID, **words) -> Payout:
    """The payout once its rail has said so about the attempt that is open."""
    attempt = PaymentAttempt.objects.get(payout=payout, state="prepared")
    book(attempt, answer(outcome, **words))
    payout.refresh_from_db()
    return payout
