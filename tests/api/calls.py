"""People's software: every answer is checked against the schema that we publish."""

import functools
import json
import re

from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from grants.accounts.services import create_api_key
from grants.api.schema import openapi
from tests import cast

ROOT = "/api/v1/"


class Caller:
    """Calls the API with a key of its own; `last` is the last answer."""

    def __init__(self, handle: str):
        self.user = cast.person(handle)
        _row, self.key = create_api_key(self.user, label="test", by=self.user)
        self.client = APIClient(headers={"Authorization": f"Bearer {self.key}"})

    def get(self, address: str, **filters):
        return self._checked("get", address, self.client.get(ROOT + address, filters))

    def post(self, address: str, body=None, *, key: str | None = None, **options):
        if key is not None:
            options["headers"] = {"Idempotency-Key": key}
        response = self.client.post(ROOT + address, {} if body is None else body, **options)
        return self._checked("post", address, response)

    def patch(self, address: str, body):
        return self._checked("patch", address, self.client.patch(ROOT + address, body))

    def _checked(self, method: str, address: str, response):
        check_answer(method, (ROOT + address).partition("?")[0], response)
        return response


def anonymous() -> APIClient:
    return APIClient()


def check_answer(method: str, path: str, response) -> None:
    """Fails where the status, the media type or the body is not what the schema says."""
    operation = _operation(method, path)
    answers = operation["responses"]
    assert str(response.status_code) in answers, (method, path, response.status_code)
    content = answers[str(response.status_code)].get("content", {})
    if not content:
        assert _bytes(response) == b""
        return
    media_type = response["Content-Type"].partition(";")[0]
    assert media_type in content, (media_type, list(content))
    if media_type.endswith("json"):
        _validator(json.dumps(content[media_type]["schema"])).validate(json.loads(_bytes(response)))


def _bytes(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def _operation(method: str, path: str) -> dict:
    for template, methods in openapi()["paths"].items():
        if method in methods and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return methods[method]
    raise AssertionError(f"the schema has no {method.upper()} {path}")


@functools.lru_cache(maxsize=256)
def _validator(schema: str) -> Draft202012Validator:
    whole = json.loads(json.dumps(openapi(), default=str))
    return Draft202012Validator({**json.loads(schema), "components": whole["components"]})


def problem(response) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, kind and (field, code) of what was answered as a problem."""
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert list(body) == ["type", "title", "status", "detail", "errors"]
    assert body["status"] == response.status_code
    kind = body["type"].removeprefix("/api/docs/#problem-")
    return body["status"], kind, [(error["field"], error["code"]) for error in body["errors"]]
