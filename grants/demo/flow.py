"""Thousands of payouts that are due, in the books: awards by services, payouts in bulk."""

from collections.abc import Callable
from decimal import Decimal
from random import Random

from django.db import transaction
from django.utils import timezone
from stdnum import luhn

from grants.accounts.models import User
from grants.awards import services as awards
from grants.awards.models import Award
from grants.awards.services import award_account
from grants.demo.crowd import make_applicants, make_applications, references
from grants.demo.judging import judge, make_reviewers
from grants.demo.reviewed import PAID, open_small_round
from grants.events.models import Event
from grants.events.services import record_rows
from grants.ledger.models import Place
from grants.ledger.services import move
from grants.milestones.models import Milestone
from grants.payouts.models import Payee, Payout
from grants.payouts.services import payees
from grants.programs.models import Program, Round
from grants.programs.services import begin_review, close_round

EACH = 200
AMOUNT = Decimal("300000.00")


def make_payouts(count: int, people: dict[str, User], *, tell: Callable[[str], None]) -> int:
    """So many payouts that are due, made once, about 200 to an award; returns how many it made.

    The milestones of an award are as many as its payouts and one that is planned.
    """
    if Round.objects.filter(slug=PAID["slug"]).exists():
        return 0
    random = Random(count)  # noqa: S311  (a demo, no secret)
    grantees = -(-count // EACH)
    officer = people["officer"]
    round = open_small_round(Program.objects.get(slug="new-apps"), PAID, by=officer)
    organisations = make_applicants(grantees, random)
    cases = make_applications(round, organisations, ["in_review"] * grantees, random)
    close_round(round, by=officer)
    begin_review(round, by=officer)
    judge(round, cases, make_reviewers(5), by=officer, random=random, everything_sent=True)
    made = 0
    for place, application in enumerate(cases):
        wanted = min(EACH, count - made)
        made += _pay(application, place, wanted, people, random)
        if place % 10 == 9:
            tell(f"{made:,} of {count:,} payouts")
    return made


@transaction.atomic
def _pay(application, place: int, count: int, people: dict[str, User], random: Random) -> int:
    officer = people["officer"]
    decision = awards.propose(
        application,
        by=officer,
        outcome="award",
        amount=min(AMOUNT, application.requested_amount),
        reasons="评审意见一致，按里程碑拨付。",
    )
    awards.confirm(decision, by=people["approver"])
    decision.refresh_from_db()
    awards.release(decision, by=officer)
    award = Award.objects.get(application=application)
    awards.accept(award, by=application.created_by)
    organisation = application.organisation
    digits = f"622202{place:012d}"
    payee = payees.name_payee(
        organisation,
        by=application.created_by,
        kind="bank",
        account=digits + luhn.calc_check_digit(digits),
        holder_name=organisation.name,
        bank_name="中国工商银行",
        cnaps_code="102100099996",
    )
    payees.verify_payee(payee, by=people["controller"], proof="核对开户许可证原件")
    return len(_payouts_of(award, payee, count, random))


def _payouts_of(award: Award, payee: Payee, count: int, random: Random) -> list[Payout]:
    most = int(award.amount * 99) // count
    amounts = [Decimal(random.randint(most // 2, most)) / 100 for _place in range(count)]
    total = sum(amounts, Decimal(0))
    states = ["accepted"] * count + ["planned"]
    milestones = Milestone.objects.bulk_create(
        Milestone(
            award=award,
            number=number,
            title_zh=f"第 {number} 期交付",
            title_en=f"Delivery {number}",
            amount=amount,
            due_on=timezone.localdate(),
            state=state,
        )
        for number, (amount, state) in enumerate(
            zip([*amounts, award.amount - total], states, strict=True), start=1
        )
    )
    rows = Payout.objects.bulk_create(
        Payout(
            reference=reference,
            milestone=milestone,
            payee=payee,
            gross=milestone.amount,
            net=milestone.amount,
        )
        for reference, milestone in zip(references("PAY", count), milestones[:-1], strict=True)
    )
    made = Payout.objects.filter(pk__in=[row.pk for row in rows])
    record_rows(made, "request", by=None, case=Payout.CASE, to_state="due")
    move(
        f"due:{award.reference}",
        total,
        source=award_account(award, Place.COMMITTED),
        target=award_account(award, Place.PAYABLE),
        memo="payouts due",
        event=Event.objects.of_thing(rows[0]).get(kind="payout.request"),
    )
    return rows
