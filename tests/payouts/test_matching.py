"""A person says which payment a line is about; what speaks against it is a sentence."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from grants.core.errors import Refused
from grants.events.models import Event
from grants.payouts.models import PaymentAttempt, Payout, Reconciliation, StatementLine
from grants.payouts.services.fits import fits_of
from grants.payouts.services.matching import match, unmatch
from tests import cast
from tests.payouts.banking import credit, debit, only_line, sent, upload, uploaded, yesterday
from tests.payouts.rails.bank import files
from tests.payouts.way import differences, places, standing
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def unsure(attempt: PaymentAttempt, **more) -> StatementLine:
    """An open line of the payment's amount that names nobody."""
    uploaded(debit(attempt, number="NOTPROVIDED", **more))
    return StatementLine.objects.select_related("statement").order_by("pk").last()


def refusal(line: StatementLine, attempt: PaymentAttempt) -> str:
    before = standing()
    with pytest.raises(Refused) as refused:
        match(line, attempt, by=cast.person("finance"))
    line.refresh_from_db()
    assert (line.state, standing()) == ("open", before)
    return str(refused.value)


def test_line_matched_by_a_person_settles_the_payment():
    (attempt,) = sent()
    line, finance = unsure(attempt), cast.person("finance")

    made = match(line, attempt, by=finance)

    assert (made.how, made.confidence, made.is_settling) == ("person", 100, True)
    assert (made.matched_by, standing()) == (finance, [("paid", "succeeded")])
    event = Event.objects.get(kind="statementline.match")
    assert (event.actor, event.data["number"]) == (finance, attempt.number)
    assert differences() == []


def test_suggestions_are_ordered_by_how_sure_they_are():
    ann, bob = sent("ann", "bob")
    line = unsure(ann, name="Bob")

    fits = fits_of([line])[line.pk]

    assert [(fit.attempt, fit.confidence) for fit in fits] == [(bob, 50), (ann, 30)]


def test_suggestions_cost_the_same_however_many(django_assert_num_queries):
    sent("ann", "bob", "eve")
    uploaded(*(files.entry("-30000.00", day=str(yesterday())) for _ in range(30)))
    lines = list(StatementLine.objects.select_related("statement"))

    for some in (lines[:1], lines):
        # Numbers of ours, payments of that amount, their matches.
        with django_assert_num_queries(2):
            fits_of(some)


def test_line_of_another_amount_is_refused():
    (attempt,) = sent()
    uploaded(files.entry("-29999.99"))

    assert refusal(only_line(), attempt) == (
        "The line is about 29999.99, the payment is of 30000.00."
    )


def test_money_in_is_no_payment_and_nobody_paid_before():
    (attempt,) = sent()
    uploaded(files.entry("-30000.00", is_reversal=True))

    assert refusal(only_line(), attempt) == (
        "The line does not say that a payment was made, refused or came back."
    )


def test_payment_of_another_rail_is_refused():
    payout = cast.due_payout()
    cast.released_batch(payout)
    uploaded(files.entry("-30000.00"))

    assert refusal(only_line(), PaymentAttempt.objects.get()) == (
        "This payment did not go by a bank file."
    )


def test_money_that_moved_for_a_refused_payment_is_an_alarm():
    (attempt,) = sent()
    upload(files.pain002(files.status(attempt.number, "RJCT")))
    line = unsure(attempt)

    assert refusal(line, attempt) == (
        "This payment was refused in the books, yet here money moved."
        " Ask the bank before anything is paid again."
    )


def test_payment_that_is_paid_cannot_be_refused_after():
    (attempt,) = sent()
    uploaded(debit(attempt))
    upload(files.pain002(files.status(attempt.number, "RJCT")))
    line = StatementLine.objects.select_related("statement").get(says="refused")

    assert (line.state, refusal(line, attempt)) == (
        "open",
        "This payment is paid in the books: it can come back, but not be refused.",
    )


def test_second_line_that_says_the_same_is_an_alarm():
    (attempt,) = sent()
    uploaded(debit(attempt))
    first = only_line()
    line = unsure(attempt, reference="other")

    assert refusal(line, attempt) == (
        f"Line {first.reference} says the same about this payment already."
        " The bank may have booked it twice: ask the bank."
    )


def test_match_that_moved_the_payout_stays():
    (attempt,) = sent()
    uploaded(debit(attempt))

    with pytest.raises(Refused) as refused:
        unmatch(only_line(), by=cast.person("finance"), reason="wrong")

    assert str(refused.value) == (
        "This line moved the payout itself, so the match stays."
        " If the bank was wrong, its next statement says so."
    )
    assert (only_line().state, Reconciliation.objects.count()) == ("matched", 1)


def confirmed() -> tuple[PaymentAttempt, StatementLine]:
    """A payment that a report settled, and the statement's line that confirms it."""
    (attempt,) = sent()
    upload(files.pain002(files.status(attempt.number, "ACSC")))
    uploaded(debit(attempt))
    line = StatementLine.objects.select_related("statement").get(statement__kind="camt053")
    return attempt, line


def test_match_that_moved_nothing_is_undone_with_a_reason():
    _attempt, line = confirmed()
    finance = cast.person("finance")

    with pytest.raises(Refused):
        unmatch(line, by=finance, reason=" ")
    unmatch(line, by=finance, reason="another payment")

    line.refresh_from_db()
    assert (line.state, Reconciliation.objects.count()) == ("open", 1)
    assert Payout.objects.get().matched_at is not None
    assert Event.objects.get(kind="statementline.unmatch").data["reason"] == "another payment"
    assert (standing(), differences()) == ([("paid", "succeeded")], [])


@pytest.mark.parametrize(
    "who", ["controller", "auditor", "officer", "approver", "applicant", "superuser"]
)
def test_only_finance_matches(who):
    attempt, line = confirmed()
    other = unsure(attempt, reference="other")

    for deed in (
        lambda: match(other, attempt, by=cast.person(who)),
        lambda: unmatch(line, by=cast.person(who), reason="x"),
    ):
        with pytest.raises(PermissionDenied):
            deed()

    assert Reconciliation.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_line_matched_by_two_people_at_once_is_matched_once():
    ann, bob = sent("ann", "bob")
    line = unsure(ann)
    finance = cast.person("finance")

    done = together(
        *[
            lambda attempt=attempt: match(
                StatementLine.objects.select_related("statement").get(pk=line.pk),
                attempt,
                by=finance,
            )
            for attempt in (ann, bob)
        ]
    )

    assert sorted(type(found).__name__ for found in done) == ["Reconciliation", "Refused"]
    assert sorted(standing()) == [("paid", "succeeded"), ("sent", "accepted")]
    assert (places()["paid"], differences()) == ("30000.00", [])


@pytest.mark.django_db(transaction=True)
def test_two_lines_for_one_payment_at_once_settle_it_once():
    (attempt,) = sent()
    lines = [unsure(attempt, reference="one"), unsure(attempt, reference="two")]
    finance = cast.person("finance")

    done = together(*[lambda line=line: match(line, attempt, by=finance) for line in lines])

    assert sorted(type(found).__name__ for found in done) == ["Reconciliation", "Refused"]
    assert sorted(StatementLine.objects.values_list("state", flat=True)) == ["matched", "open"]
    assert (places()["paid"], differences()) == ("30000.00", [])


def test_credit_without_words_is_a_return_where_a_person_says_so():
    (attempt,) = sent()
    uploaded(debit(attempt))
    uploaded(credit(attempt, number="NOTPROVIDED", is_reversal=False))
    line = StatementLine.objects.select_related("statement").get(says="other")
    assert line.state == "open"

    match(line, attempt, by=cast.person("finance"))

    assert (standing(), places()["payable"]) == ([("returned", "returned")], "30000.00")
    assert differences() == []
