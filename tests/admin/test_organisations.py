"""The organisations at the desk: only to look."""

import pytest

from grants.accounts.models import Organisation
from tests import cast
from tests.admin.conftest import READERS, answers, open_to

pytestmark = pytest.mark.django_db

LIST = "/admin/grants/organisation/"


def test_organisations_are_read_by_those_who_decide_and_pay(at_desk):
    company = cast.company()
    page = f"{LIST}{company.pk}/change/"

    assert answers(LIST, at_desk=at_desk) == open_to(*READERS)
    assert answers(page, at_desk=at_desk) == open_to(*READERS)
    found = answers(page, {"name": "Mine"}, at_desk=at_desk)
    assert set(found.values()) == {403, "login"}
    company.refresh_from_db()
    assert company.name == "applicant Ltd"


@pytest.mark.parametrize("query", ["kind__exact=%00", "q=%00", "kind__exact=x", "p=x", "name=%00"])
def test_organisations_answer_a_wrong_filter(at_desk, query):
    response = at_desk("officer").get(f"{LIST}?{query}")

    assert response.status_code in (200, 302)


def test_organisation_is_found_by_name_and_credit_code(at_desk):
    company = cast.company()
    cast.individual("ann")
    officer = at_desk("officer")

    for words in ("APPLICANT", company.credit_code):
        assert list(officer.get(LIST, {"q": words}).context["cl"].result_list) == [company]


def test_list_costs_the_same_at_1_and_30_rows(at_desk, django_assert_num_queries):
    cast.company()
    officer = at_desk("officer")
    with django_assert_num_queries(5):
        officer.get(LIST)

    Organisation.objects.bulk_create(Organisation(kind="individual", name="x") for n in range(29))

    with django_assert_num_queries(5):
        assert officer.get(LIST).context["cl"].result_count == 30
