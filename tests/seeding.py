"""Thousands of payouts that are due, in the books, within seconds: for chaos and benchmarks.

Awards, accounts and payees come from the services; the payouts of an award are written in bulk,
with one entry for what they make payable together.
"""

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from django.db import connection, transaction
from django.utils import timezone
from stdnum import luhn

from grants.awards import services as awards
from grants.awards.models import Award
from grants.awards.services import award_account
from grants.core.ids import sequence_name
from grants.events.models import Event
from grants.events.services import record_rows
from grants.ledger.models import Place
from grants.ledger.services import move
from grants.milestones.models import Milestone
from grants.payouts.models import Payee, Payout
from grants.payouts.services import payees
from tests import cast

PROMISED = Decimal("200000.00")


def card_number(place: int) -> str:
    """A bank card number of its own for each place, with the right last digit."""
    digits = f"622202{place:012d}"
    return digits + luhn.calc_check_digit(digits)


def grantee(owner: str, place: int) -> tuple[Award, Payee]:
    """An accepted award of 200,000 yuan without its plan, and an account that nobody else has."""
    award = cast.offered(owner, amount=str(PROMISED), round=cast.open_round(f"round-{owner}"))
    awards.accept(award, by=cast.person(owner))
    organisation = cast.individual(owner)
    payee = payees.name_payee(
        organisation,
        by=cast.person(owner),
        kind="bank",
        account=card_number(place),
        holder_name=organisation.name,
        bank_name="工商银行",
        cnaps_code="102100099996",
    )
    payees.verify_payee(payee, by=cast.person("controller"), proof="letter")
    return award, payee


@transaction.atomic
def payouts_of(award: Award, payee: Payee, amounts: list[Decimal]) -> list[Payout]:
    """Payouts that are due, for accepted milestones of these amounts; the rest is one more."""
    total = sum(amounts, Decimal(0))
    states = ["accepted"] * len(amounts) + ["planned"]
    milestones = Milestone.objects.bulk_create(
        Milestone(
            award=award,
            number=number,
            title_zh="里程碑",
            title_en="Milestone",
            amount=amount,
            due_on=timezone.localdate(),
            state=state,
        )
        for number, (amount, state) in enumerate(
            zip([*amounts, PROMISED - total], states, strict=True), start=1
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
        for reference, milestone in zip(_references(len(amounts)), milestones[:-1], strict=True)
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


def _references(count: int) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(%s::regclass) FROM generate_series(1, %s)",
            [sequence_name("PAY"), count],
        )
        year = timezone.localdate().year
        return iter([f"PAY-{year}-{number:06d}" for (number,) in cursor.fetchall()])


def due_payouts(count: int, *, grantees: int, random: Random) -> list[Payout]:
    """`count` payouts of chance amounts, spread evenly over so many new grantees."""
    each, more = divmod(count, grantees)
    rows, first = [], Award.objects.count()
    for place in range(grantees):
        award, payee = grantee(f"grantee-{first + place}", first + place)
        wanted = each + (place < more)
        most = int(PROMISED * 99) // max(wanted, 1)
        amounts = [Decimal(random.randint(1, most)) / 100 for _ in range(wanted)]
        if amounts:
            rows += payouts_of(award, payee, amounts)
    return rows
