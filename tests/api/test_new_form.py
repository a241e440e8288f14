"""People's software goes on with a newer form."""

import pytest

from tests import cast
from tests.api.calls import Caller
from tests.applications.test_versions import OLD, renewed, reshape

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    application = cast.complete_draft()
    renewed(application.round, reshape)
    return application


def test_old_form_is_refused_and_the_new_one_is_taken(application):
    caller, address = Caller("applicant"), f"applications/{application.reference}/"

    refused = caller.post(f"{address}submit/")
    taken = caller.post(f"{address}take-form/")

    assert (refused.status_code, refused.json()["detail"]) == (409, OLD)
    body = taken.json()
    assert (taken.status_code, body["form_version"]) == (200, 2)
    assert body["left_over"] == {"category": "Tools", "ready": "No", "team_size": "2"}


@pytest.mark.parametrize(("handle", "status"), [("stranger", 404), ("officer", 404)])
def test_new_form_is_taken_by_those_who_write(application, handle, status):
    response = Caller(handle).post(f"applications/{application.reference}/take-form/")

    application.refresh_from_db()
    assert (response.status_code, application.form.number) == (status, 1)
