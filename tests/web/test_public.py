"""The pages that need no account."""

from decimal import Decimal

import pytest
from django.urls import reverse

from grants.programs import services as programs
from grants.programs.models import Round
from grants.reports.glance import glances
from tests import cast

pytestmark = pytest.mark.django_db


def rounds(count: int) -> list[Round]:
    return [cast.open_round(f"round-{number}", budget="600000.00") for number in range(count)]


def test_home_without_anything_says_that_no_round_is_open(client):
    response = client.get(reverse("home"))

    assert response.status_code == 200
    assert response.context["open_rounds"] == []
    assert response.context["glances"] == []


def test_home_shows_open_rounds_first_closing_first_and_drafts_never(client):
    first, second = rounds(2)
    Round.objects.filter(pk=first.pk).update(closes_at=second.closes_at.replace(year=2099))
    cast.draft_round("secret")
    closed = programs.close_round(cast.open_round("closed"), by=cast.person("officer"))

    context = client.get(reverse("home")).context

    assert context["open_rounds"] == [second, first]
    assert list(context["past_rounds"]) == [closed]


@pytest.mark.parametrize("count", [1, 30])
def test_home_costs_the_same_however_many_rounds(client, django_assert_num_queries, count):
    rounds(count)

    with django_assert_num_queries(4):
        client.get(reverse("home"))


def test_home_of_an_applicant_begins_with_what_waits(client):
    application = cast.draft("applicant")
    client.force_login(cast.person("applicant"))

    waiting = client.get(reverse("home")).context["waiting"]

    assert waiting == [application]
    assert waiting[0].next_step.is_yours is True


def test_glance_follows_the_books(db):
    award = cast.offered("applicant", amount="100000.00")

    [glance] = glances()

    assert glance.capital == Decimal("1000000000.00")
    assert glance.promised == award.amount == Decimal("100000.00")
    assert glance.in_rounds == Decimal("900000.00")
    assert glance.available == Decimal("999000000.00")
    assert glance.paid == Decimal("0.00")


def test_round_shows_form_criteria_and_milestones_before_signing_up(client):
    round = cast.open_round()

    response = client.get(
        reverse("round-detail", args=[round.slug]), headers={"Accept-Language": "en"}
    )

    context = response.context
    assert [section.title for section in context["sections"]] == ["Section 1", "Section 2"]
    assert [(row.key, share) for row, share in context["criteria"]] == [("value", 60), ("team", 40)]
    assert [row.share for row in context["milestones"]] == [30, 70]
    assert response.content.decode().count(reverse("apply", args=[round.slug])) == 1


def test_round_costs_six_queries(client, django_assert_num_queries):
    round = cast.open_round()

    with django_assert_num_queries(6):
        client.get(reverse("round-detail", args=[round.slug]))


def test_draft_round_is_not_found_by_the_public_but_by_the_desk(client):
    url = reverse("round-detail", args=[cast.draft_round().slug])

    assert client.get(url).status_code == 404
    client.force_login(cast.person("officer"))
    assert client.get(url).status_code == 200


def test_register_lists_accepted_awards_and_names_no_person(client):
    award = cast.accepted("applicant")

    response = client.get(reverse("award-register"))

    assert response.context["page"].rows == [award]
    assert award.organisation.name not in response.content.decode()


def test_register_does_not_tell_of_an_offer(client):
    cast.offered("applicant")

    assert client.get(reverse("award-register")).context["page"].rows == []


def test_register_costs_one_query(client, django_assert_num_queries):
    cast.accepted("applicant")

    with django_assert_num_queries(1):
        client.get(reverse("award-register"))
