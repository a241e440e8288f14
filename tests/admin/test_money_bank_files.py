"""Bank files at the desk: chosen by finance, taken by who may see accounts."""

import pytest
from django.urls import reverse

from grants.events.models import Event
from grants.payouts.models import (
    BatchFile,
    Payout,
    PayoutBatch,
)
from tests import cast
from tests.admin.conftest import EVERYBODY
from tests.payouts.banking import (
    by_file,
    due,
    know_the_days,
    sent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(at_desk):
    return at_desk("finance")


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_batch_page_offers_the_files_and_gives_them(finance):
    batch = by_file(*due())
    page = finance.get(reverse("admin:batch-detail", args=[batch.reference]))
    first = page.context["files"][0]

    given = [finance.post(row["url"]) for row in page.context["files"]]

    assert (first["made"], page.context["may_take_file"]) == (None, True)
    assert [response["Content-Disposition"] for response in given] == [
        f'attachment; filename="{batch.reference}{suffix}"'
        for suffix in (".xml", ".xlsx", ".csv", "-gb18030.csv")
    ]
    assert given[0].content.startswith(b"<?xml")
    assert BatchFile.objects.count() == Event.objects.filter(kind="payoutbatch.file").count() == 4


def test_file_is_for_who_may_see_accounts(at_desk):
    batch = by_file(*due())
    address = reverse("admin:batch-file", args=[batch.reference, "pain001"])
    allowed = {"finance", "controller"}

    for person in (name for name in EVERYBODY if name not in allowed | {"stranger"}):
        assert at_desk(person).post(address).status_code == 403
    assert at_desk("finance").get(address).status_code == 405
    assert at_desk("finance").post(address.replace("pain001", "doc")).status_code == 404

    assert not BatchFile.objects.exists()


def test_batch_of_another_rail_offers_no_file(finance):
    batch = cast.released_batch(cast.due_payout())

    page = finance.get(reverse("admin:batch-detail", args=[batch.reference]))

    assert page.context["files"] == []


def test_finance_chooses_the_bank_file(finance):
    know_the_days()
    (payout,) = due("ann")

    wrong = finance.post("/admin/due/", {"payout": payout.reference, "rail": "cash"}, follow=True)
    assert said(wrong) == ["Payouts cannot be sent this way."]
    finance.post("/admin/due/", {"payout": payout.reference, "rail": "bank_file"})

    assert PayoutBatch.objects.get().rail == "bank_file"


def test_payout_by_file_is_not_asked_about(finance):
    sent()
    payout = Payout.objects.get()

    page = finance.get(reverse("admin:payout-detail", args=[payout.reference]))

    assert "ask_now" not in [offer.verb.name for offer in page.context["offers"]]
