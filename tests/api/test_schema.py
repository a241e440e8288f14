import json

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

pytestmark = pytest.mark.django_db


def test_schema_is_valid_and_warns_of_nothing(tmp_path):
    file = tmp_path / "schema.yaml"

    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(file))

    assert yaml.safe_load(file.read_text())["openapi"] == "3.1.0"


def test_schema_is_served_as_json_and_as_yaml():
    client = Client()

    as_json = client.get("/api/schema/")
    as_yaml = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi"})
    by_name = client.get("/api/schema/?format=yaml")

    assert as_json["Content-Type"] == "application/vnd.oai.openapi+json"
    assert as_yaml["Content-Type"] == "application/vnd.oai.openapi"
    assert json.loads(as_json.content) == yaml.safe_load(as_yaml.content)
    assert as_yaml.content == by_name.content
    assert client.get("/api/schema/?format=xml").status_code == 400


def test_every_operation_says_what_it_needs_and_how_it_fails():
    paths = Client().get("/api/schema/").json()["paths"]

    for path, methods in paths.items():
        for method, operation in methods.items():
            name = f"{method} {path}"
            assert operation["summary"], name
            assert operation["security"] == [{"apiKey": []}, {"session": []}], name
            assert "401" in operation["responses"], name
            takes = {each["name"] for each in operation.get("parameters", [])}
            assert ("Idempotency-Key" in takes) is (method == "post"), name
            if method in ("post", "patch"):
                assert {"400", "403", "409"} <= set(operation["responses"]), name


def test_every_verb_publishes_its_body():
    paths = Client().get("/api/schema/").json()["paths"]

    without = {
        path
        for path, methods in paths.items()
        if "requestBody" not in methods.get("post", {"requestBody": 1})
    }

    assert without == {
        "/api/v1/applications/{reference}/ask-signature/",
        "/api/v1/applications/{reference}/settle-messages/",
        "/api/v1/applications/{reference}/take-form/",
        "/api/v1/assignments/{id}/accept/",
        "/api/v1/awards/{reference}/accept/",
        "/api/v1/decisions/{id}/confirm/",
        "/api/v1/decisions/{id}/release/",
        "/api/v1/invitations/{id}/resend/",
        "/api/v1/invitations/{id}/withdraw/",
        "/api/v1/join-requests/{id}/decline/",
        "/api/v1/join-requests/{id}/withdraw/",
        "/api/v1/members/{id}/hand-over/",
        "/api/v1/members/{id}/remove/",
        "/api/v1/payout-batches/{reference}/release/",
        "/api/v1/payout-batches/{reference}/submit/",
        "/api/v1/reviews/{id}/submit/",
        "/api/v1/statement-lines/{id}/take-up/",
    }


def test_reference_names_every_operation_and_loads_nothing_from_elsewhere():
    client = Client()
    paths = client.get("/api/schema/").json()["paths"]

    response = client.get("/api/docs/", headers={"Accept-Language": "en"})

    page = response.content.decode()
    assert response.status_code == 200
    for methods in paths.values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page
    assert 'src="http' not in page
    assert 'href="http' not in page
    assert "<script>" not in page
    assert 'id="problem-refused"' in page


def test_reference_is_chinese_for_chinese_readers():
    page = Client().get("/api/docs/", headers={"Accept-Language": "zh-CN"}).content.decode()

    assert "<h1>API 参考</h1>" in page
    assert "提交里程碑报告" in page
