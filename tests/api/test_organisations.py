"""Organisations by the API: numbers are masked, owners change, everybody else is told so."""

import pytest

from grants.accounts.models import Organisation
from grants.accounts.services import add_member
from grants.licences.models import Licence
from grants.licences.services import upload_licence
from tests import cast
from tests.api.calls import Caller, problem
from tests.identities import identity_number

pytestmark = pytest.mark.django_db
NUMBER = identity_number("li")


def test_individual_is_registered_and_the_number_is_never_answered():
    body = {"kind": "individual", "name": "李雷", "identity_number": NUMBER, "region": "11"}

    made = Caller("applicant").post("organisations/", body)

    assert made.status_code == 201
    assert made.json() | {"id": 0, "created_at": ""} == {
        "id": 0,
        "kind": "individual",
        "name": "李雷",
        "credit_code": "",
        "identity_number": f"•••• {NUMBER[-4:]}",
        "legal_representative": "",
        "region": "11",
        "website": "",
        "created_at": "",
        "role": "owner",
        "licence": None,
    }
    again = Caller("stranger").post("organisations/", body)
    assert problem(again) == (409, "refused", [("identity_number", "refused")])
    assert Organisation.objects.count() == 1


def test_details_are_the_owner_s_to_change():
    company = cast.company()
    for role in ("editor", "viewer", "signatory"):
        add_member(company, by=cast.person(), email=cast.person(role).email, role=role)
    address = f"organisations/{company.pk}/"

    found = {
        handle: Caller(handle).patch(address, {"legal_representative": handle}).status_code
        for handle in ("editor", "viewer", "signatory", "stranger", "officer", "applicant")
    }

    assert found == {
        "editor": 403,
        "viewer": 403,
        "signatory": 403,
        "stranger": 404,
        "officer": 403,
        "applicant": 200,
    }
    company.refresh_from_db()
    assert (company.legal_representative, company.name) == ("applicant", "applicant Ltd")


def test_licence_is_told_and_is_outdated_after_a_change():
    company = cast.company()
    upload_licence(company, cast.pdf(), by=cast.person())
    caller = Caller("applicant")
    told = [caller.get(f"organisations/{company.pk}/").json()["licence"]]
    Licence.objects.update(state="verified")
    told.append(caller.get(f"organisations/{company.pk}/").json()["licence"])

    told.append(caller.patch(f"organisations/{company.pk}/", {"name": "New"}).json()["licence"])

    assert told == ["pending", "verified", "outdated"]
