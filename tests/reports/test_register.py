"""Which payouts are meant, and what they come to."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from grants.core.errors import Refused
from grants.payouts.models import Payout
from grants.payouts.services import due
from grants.programs.models import Fund
from grants.reports.register import Choice, Total, rows, totals_by_state, whole
from tests import cast
from tests.many import copies, due_payouts, settled

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")


def meant(**filters) -> list[str]:
    found = Choice(**filters).of(Payout.objects.all()).order_by("pk")
    return [payout.award.organisation.name for payout in found]


@pytest.fixture
def payouts():
    return due_payouts("ann", "bob")


@pytest.mark.parametrize(
    ("at", "is_meant"),
    [
        (datetime(2026, 3, 1, 0, 0, 0, tzinfo=SHANGHAI), True),
        (datetime(2026, 2, 28, 23, 59, 59, tzinfo=SHANGHAI), False),
        (datetime(2026, 3, 2, 23, 59, 59, tzinfo=SHANGHAI), True),
        (datetime(2026, 3, 3, 0, 0, 0, tzinfo=SHANGHAI), False),
    ],
)
def test_days_are_whole_and_in_the_time_of_the_portal(payouts, at, is_meant):
    Payout.objects.filter(pk=payouts[0].pk).update(paid_at=at)

    found = meant(since=date(2026, 3, 1), until=date(2026, 3, 2))

    assert found == (["Ann"] if is_meant else [])


def test_days_may_mean_becoming_due(payouts):
    at = datetime(2026, 3, 1, 12, tzinfo=SHANGHAI)
    Payout.objects.filter(pk=payouts[1].pk).update(due_at=at)

    assert meant(since=date(2026, 3, 1), until=date(2026, 3, 1), moment="due") == ["Bob"]


def test_round_and_state_choose(payouts):
    due.hold(payouts[1], by=cast.person("finance"), reason="wait")

    assert meant(round=payouts[0].award.application.round) == ["Ann"]
    assert meant(state="held") == ["Bob"]


def test_search_finds_by_each_reference_and_by_name(payouts):
    ann, bob = payouts
    batch = cast.batch_of(bob)

    assert meant(search=ann.reference.lower()) == ["Ann"]
    assert meant(search=ann.award.reference) == ["Ann"]
    assert meant(search=bob.case) == ["Bob"]
    assert meant(search=batch.reference) == ["Bob"]
    assert meant(search="BO") == ["Bob"]
    assert meant(search="PAY-") == ["Ann", "Bob"]


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"since": date(2026, 3, 2), "until": date(2026, 3, 1)}, "until"),
        ({"since": date(1, 1, 1)}, "since"),
        ({"until": date(9999, 12, 31)}, "until"),
    ],
)
def test_senseless_days_are_refused(days, field):
    with pytest.raises(Refused) as refusal:
        Choice(**days).of(Payout.objects.all())

    assert list(refusal.value.problems) == [field]


def test_totals_are_by_state_in_the_order_of_a_payouts_life(payouts):
    due.hold(payouts[0], by=cast.person("finance"), reason="wait")

    totals = totals_by_state(Payout.objects.all())

    amount = Decimal("30000.00")
    assert totals == [
        Total("CNY", "due", 1, amount, Decimal("0.00"), amount),
        Total("CNY", "held", 1, amount, Decimal("0.00"), amount),
    ]
    assert whole(totals) == [Total("CNY", "", 2, amount * 2, Decimal("0.00"), amount * 2)]


def test_totals_of_nothing_are_zero(db):
    assert whole(totals_by_state(Payout.objects.all())) == [Total("CNY")]


def test_totals_keep_currencies_apart(payouts):
    Fund.objects.create(
        slug="other", name_zh="其他", name_en="Other", currency="EUR", capital=Decimal("1.00")
    )

    assert [total.currency for total in totals_by_state(Payout.objects.all())] == ["CNY"]


def test_row_tells_the_whole_way(payouts):
    cast.released_batch(payouts[0])
    payout = settled(payouts[0])

    with translation.override("en"):
        (row,) = rows(Payout.objects.filter(pk=payout.pk))

    assert row._asdict() == {
        "reference": payout.reference,
        "gross": Decimal("30000.00"),
        "withheld": Decimal("0.00"),
        "net": Decimal("30000.00"),
        "state": "paid",
        "due_at": payout.due_at,
        "sent_at": payout.sent_at,
        "paid_at": payout.paid_at,
        "award": payout.award.reference,
        "application": payout.case,
        "organisation": "Ann",
        "credit_code": "",
        "program": "New apps",
        "round": "Round one",
        "milestone_number": 1,
        "milestone_title": "Milestone 1",
        "money": "CNY",
        "bank": "工商银行",
        "payee_kind": "bank",
        "account": "•••• 0128",
        "attempt": {"number": f"{payout.reference}-1", "rail": payout.batch.rail},
        "batch_reference": payout.batch.reference,
        "prepared_by": "finance",
        "approved_by": "controller",
    }


def test_rows_speak_the_readers_language(payouts):
    with translation.override("zh-hans"):
        row = next(rows(Payout.objects.all()))

    assert (row.program, row.round, row.milestone_title) == ("新应用", "第一期", "里程碑1")


def test_rows_cost_one_query_however_many(payouts, django_assert_num_queries):
    copies(payouts[0], 30)

    with django_assert_num_queries(3):  # a savepoint, the rows, the savepoint's end
        assert len(list(rows(Payout.objects.all()))) == 32
