import json

import pytest
from django.test import Client
from rest_framework.test import APIClient

from grants.accounts.models import ApiKey, Organisation
from grants.accounts.services import revoke_api_key
from tests import cast
from tests.api.calls import Caller, problem

pytestmark = pytest.mark.django_db
BODY = {"kind": "individual", "name": "Li Na", "identity_number": "11010119900307109X"}
URL = "/api/v1/organisations/"


def raw(caller, text, content_type="application/json", **options):
    return caller.client.post(URL, text, content_type=content_type, **options)


@pytest.mark.parametrize("text", ["{", "", "[" * 100_000, '{"a": NaN}', b"\xff\xfe"])
def test_malformed_json_is_400(text):
    response = raw(Caller("applicant"), text)

    assert problem(response)[0] == 400
    assert Organisation.objects.count() == 0


@pytest.mark.parametrize("body", [[], "text", 1, [BODY]])
def test_body_that_is_no_object_is_400(body):
    assert problem(raw(Caller("applicant"), json.dumps(body)))[:2] == (400, "invalid")


def test_unknown_fields_are_named():
    response = Caller("applicant").post("organisations/", BODY | {"state": "x", "zz": 1})

    assert problem(response) == (400, "invalid", [("state", "unknown"), ("zz", "unknown")])
    assert Organisation.objects.count() == 0


def test_unknown_field_of_a_verb_is_named():
    application = cast.complete_draft()

    response = Caller("applicant").post(
        f"applications/{application.reference}/submit/", {"force": True}
    )

    assert problem(response) == (400, "invalid", [("force", "unknown")])
    application.refresh_from_db()
    assert application.state == "draft"


def test_every_wrong_field_is_named():
    response = Caller("applicant").post("organisations/", {"kind": "club", "website": "x"})

    assert problem(response) == (
        400,
        "invalid",
        [("name", "required"), ("website", "invalid"), ("kind", "invalid_choice")],
    )


def test_refusal_of_a_service_is_409_with_its_sentence_and_problems():
    response = Caller("applicant").post(
        "organisations/", {"kind": "company", "name": "X", "credit_code": "123"}
    )

    assert problem(response) == (409, "refused", [("credit_code", "refused")])
    sentence = "This is not a valid unified social credit code: check its 18 characters."
    assert response.json()["detail"] == sentence
    assert response.json()["errors"][0]["detail"] == sentence


def test_what_is_no_valid_text_is_400():
    caller = Caller("applicant")
    for name in ("a\\u0000b", "\\ud800"):
        response = raw(caller, f'{{"kind": "{name}", "{name}": 1, "name": "{name}"}}')
        assert problem(response)[:2] == (400, "invalid")


def test_too_large_body_is_413(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    response = Caller("applicant").post("organisations/", BODY | {"name": "x" * 100})

    assert problem(response) == (413, "too-large", [])


def test_other_content_is_415():
    assert problem(raw(Caller("applicant"), "a=b", "text/plain")) == (
        415,
        "unsupported-media-type",
        [],
    )


def test_other_method_is_405():
    caller = Caller("applicant")

    assert problem(caller.client.delete(URL)) == (405, "method-not-allowed", [])
    assert problem(caller.client.put("/api/v1/rounds/x/", {})) == (405, "method-not-allowed", [])


@pytest.mark.parametrize(
    "address", ["nothing/", "organisations", "organisations/x/", "applications/%00/"]
)
def test_unknown_address_is_404(address):
    assert problem(Caller("applicant").client.get("/api/v1/" + address)) == (404, "not-found", [])


def test_wrong_key_is_401():
    client = APIClient(headers={"Authorization": "Bearer nothing"})

    assert problem(client.get(URL)) == (401, "unauthenticated", [])


def test_revoked_key_is_401():
    caller = Caller("applicant")
    revoke_api_key(ApiKey.objects.get(), by=caller.user)

    response = caller.client.get(URL)

    assert problem(response) == (401, "unauthenticated", [])
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_session_needs_the_csrf_token_for_changes():
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        cast.person("applicant"), backend="django.contrib.auth.backends.ModelBackend"
    )

    assert client.get(URL).status_code == 200
    refused = client.post(URL, json.dumps(BODY), content_type="application/json")
    assert problem(refused) == (403, "forbidden", [])
    client.get("/accounts/login/")
    client.get("/api/docs/")
    token = client.cookies["csrftoken"].value
    made = client.post(
        URL, json.dumps(BODY), content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert made.status_code == 201


def test_answers_speak_the_language_of_the_profile():
    caller = Caller("applicant")
    for language, title in (("en", "There is nothing here."), ("zh-hans", "没有找到。")):
        caller.user.language = language
        caller.user.save()
        assert caller.client.get("/api/v1/organisations/1/").json()["title"] == title


def test_answers_are_not_to_be_kept():
    assert Caller("applicant").get("organisations/")["Cache-Control"] == "no-store"


@pytest.mark.parametrize("odd", ["\x00", "a\x00", "\ud800", 7, [], {"a": 1}])
def test_reference_that_cannot_be_one_is_named(odd):
    organisation = cast.individual("applicant")
    text = json.dumps({"round": odd, "organisation": organisation.pk})

    response = Caller("applicant").client.post(
        "/api/v1/applications/", text, content_type="application/json"
    )

    assert problem(response) == (400, "invalid", [("round", "invalid")])
