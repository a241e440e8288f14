"""Beginning an application."""

import pytest
from django.urls import reverse
from django.utils import timezone

from grants.accounts.services import add_member
from grants.applications.models import Application
from grants.programs.models import Round
from tests import cast

pytestmark = pytest.mark.django_db


def url_of(round: Round) -> str:
    return reverse("apply", args=[round.slug])


def test_apply_without_signing_in_leads_to_the_sign_in_and_back(client):
    url = url_of(cast.open_round())

    response = client.get(url)

    assert (response.status_code, response.url) == (302, f"{reverse('account_login')}?next={url}")


def test_apply_get_begins_nothing(client):
    round, organisation = cast.open_round(), cast.individual("applicant")
    client.force_login(cast.person("applicant"))

    response = client.get(url_of(round))

    assert response.context["form"].fields["organisation"].initial == organisation
    assert Application.objects.count() == 0


def test_apply_twice_begins_one_application(client):
    round, organisation = cast.open_round(), cast.individual("applicant")
    client.force_login(cast.person("applicant"))

    answers = [client.post(url_of(round), {"organisation": organisation.pk}) for _press in (1, 2)]

    application = Application.objects.get()
    detail = reverse("application-detail", args=[application.reference])
    assert [response.url for response in answers] == [detail, detail]


def test_apply_for_an_organisation_of_others_is_refused_beside_the_field(client):
    round, others = cast.open_round(), cast.individual("stranger")
    cast.individual("applicant")
    client.force_login(cast.person("applicant"))

    response = client.post(
        url_of(round), {"organisation": others.pk}, headers={"Accept-Language": "en"}
    )

    assert response.context["form"].errors == {"organisation": ["Choose who applies."]}
    assert Application.objects.count() == 0


def test_apply_as_a_viewer_is_forbidden(client):
    round, organisation = cast.open_round(), cast.individual("applicant")
    viewer = cast.person("viewer")
    add_member(organisation, by=cast.person("applicant"), email=viewer.email, role="viewer")
    client.force_login(viewer)

    response = client.post(url_of(round), {"organisation": organisation.pk})

    assert response.status_code == 403
    assert Application.objects.count() == 0


def test_apply_after_the_close_says_when_it_closed(client):
    round, organisation = cast.open_round(), cast.individual("applicant")
    closed_at = timezone.now()
    Round.objects.filter(pk=round.pk).update(closes_at=closed_at)
    client.force_login(cast.person("applicant"))

    response = client.post(url_of(round), {"organisation": organisation.pk})

    when = timezone.localtime(closed_at).strftime("%Y-%m-%d %H:%M")
    errors = response.context["form"].non_field_errors()
    assert errors == [f"This round closed at {when}."]
    assert Application.objects.count() == 0


def test_apply_to_a_draft_round_is_not_found(client):
    round = cast.draft_round()
    cast.individual("applicant")
    client.force_login(cast.person("applicant"))

    assert client.get(url_of(round)).status_code == 404


def test_apply_costs_five_queries(client, django_assert_num_queries):
    round = cast.open_round()
    cast.individual("applicant")
    client.force_login(cast.person("applicant"))

    with django_assert_num_queries(5):
        client.get(url_of(round))
