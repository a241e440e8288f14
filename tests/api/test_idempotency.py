import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from grants.accounts.models import IdempotentCall, Organisation
from grants.accounts.services import forget_idempotent_calls
from grants.applications.models import Application, Document
from tests import cast
from tests.api.calls import Caller, problem
from tests.together import together

pytestmark = pytest.mark.django_db
BODY = {"kind": "individual", "name": "Li Na", "identity_number": "11010119900307109X"}


def test_same_key_and_body_are_done_once_and_answered_alike():
    caller = Caller("applicant")

    first = caller.post("organisations/", BODY, key="k1")
    again = caller.post("organisations/", dict(reversed(BODY.items())), key="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first["Content-Type"] == again["Content-Type"]
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Organisation.objects.count() == 1


def test_same_key_with_another_body_is_422():
    caller = Caller("applicant")
    caller.post("organisations/", BODY, key="k1")

    response = caller.post("organisations/", {**BODY, "name": "Other"}, key="k1")

    assert problem(response) == (422, "key-reused", [])
    assert Organisation.objects.get().name == "Li Na"


def test_same_key_at_another_address_is_422():
    application = cast.complete_draft()
    caller = Caller("applicant")
    caller.post(f"applications/{application.reference}/submit/", key="k1")

    response = caller.post(f"applications/{application.reference}/withdraw/", key="k1")

    assert problem(response) == (422, "key-reused", [])
    assert Application.objects.get().state == "submitted"


def test_key_belongs_to_its_person():
    Caller("applicant").post("organisations/", BODY, key="k1")

    other = BODY | {"identity_number": cast.identity_number("stranger")}
    response = Caller("stranger").post("organisations/", other, key="k1")

    assert response.status_code == 201
    assert Organisation.objects.count() == 2


def test_refusal_of_a_rule_is_answered_again():
    application = cast.draft()
    caller = Caller("applicant")
    address = f"applications/{application.reference}/submit/"
    first = caller.post(address, key="k1")
    cast.complete_draft()

    again = caller.post(address, key="k1")

    assert (first.status_code, again.status_code) == (409, 409)
    assert first.content == again.content
    assert again["Content-Type"] == "application/problem+json"
    assert Application.objects.get().state == "draft"
    assert caller.post(address, key="k2").status_code == 200


def test_invalid_request_leaves_the_key_free():
    caller = Caller("applicant")
    first = caller.post("organisations/", {"kind": "individual"}, key="k1")

    again = caller.post("organisations/", BODY, key="k1")

    assert (first.status_code, again.status_code) == (400, 201)


def test_upload_counts_by_its_bytes():
    application = cast.draft()
    caller = Caller("applicant")
    address = f"applications/{application.reference}/documents/"

    def upload(more: bytes):
        body = {"question": "proposal", "file": cast.pdf(more=more)}
        return caller.post(address, body, key="k1", format="multipart")

    answers = [upload(b"a"), upload(b"a"), upload(b"b")]

    assert [response.status_code for response in answers] == [201, 201, 422]
    assert answers[0].content == answers[1].content
    assert Document.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "ключ"])
def test_key_that_cannot_be_used_is_400(key):
    response = Caller("applicant").post("organisations/", BODY, key=key)

    assert problem(response) == (400, "invalid", [("Idempotency-Key", "invalid")])
    assert Organisation.objects.count() == 0


def test_account_number_is_not_kept():
    organisation = cast.individual("applicant")
    body = {
        "organisation": organisation.pk,
        "kind": "bank",
        "account": "6222021234567890128",
        "holder_name": organisation.name,
        "bank_name": "工商银行",
        "cnaps_code": "102100099996",
    }

    response = Caller("applicant").post("payees/", body, key="k1")

    assert response.json()["account"] == "•••• 0128"
    assert "6222021234567890128" not in IdempotentCall.objects.get().body


@pytest.mark.django_db(transaction=True)
def test_crash_takes_back_the_effect_and_the_key():
    caller = Caller("applicant")
    caller.client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE grants_idempotentcall ADD CONSTRAINT nothing_fits CHECK (status < 0)"
        )
    try:
        response = caller.client.post(
            "/api/v1/organisations/", BODY, headers={"Idempotency-Key": "k1"}
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE grants_idempotentcall DROP CONSTRAINT nothing_fits")

    assert problem(response) == (500, "failed", [])
    assert Organisation.objects.count() == 0
    assert caller.post("organisations/", BODY, key="k1").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_request_that_is_still_running_is_409():
    caller = Caller("applicant")
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{caller.user.pk}:k1"]
            )
            held.set()
            done.wait(30)

    def call():
        held.wait(30)
        try:
            return caller.post("organisations/", BODY, key="k1")
        finally:
            done.set()

    response = together(hold, call)[1]

    assert problem(response) == (409, "in-progress", [])
    assert Organisation.objects.count() == 0
    assert caller.post("organisations/", BODY, key="k1").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_done_once():
    callers = [Caller("applicant") for _number in range(8)]

    answers = together(
        *(lambda c=each: c.post("organisations/", BODY, key="k1") for each in callers)
    )

    codes = [response.status_code for response in answers]
    assert set(codes) <= {201, 409}
    assert codes.count(201) >= 1
    assert len({response.content for response in answers if response.status_code == 201}) == 1
    assert Organisation.objects.count() == 1
    assert IdempotentCall.objects.count() == 1


def test_key_is_forgotten_after_a_month():
    caller = Caller("applicant")
    for key, days in (("old", 31), ("young", 29)):
        caller.post("organisations/", BODY, key=key)
        at = timezone.now() - timedelta(days=days)
        IdempotentCall.objects.filter(key=key).update(at=at)

    assert forget_idempotent_calls() == 1
    assert list(IdempotentCall.objects.values_list("key", flat=True)) == ["young"]
