"""A form as a file: it comes in as it went out, and no file does harm."""

import json

import pytest
from django.utils import translation

from grants.programs.exchange import as_data, as_json
from grants.programs.selectors import outline_of
from grants.programs.services import exchange
from tests import cast
from tests.programs.full_form import full_form, refused

pytestmark = pytest.mark.django_db

UNREADABLE = "This file is no JSON that can be read."
NO_FORM = "This is no form of this portal, or one of another version."
FIRST = "/sections/0/questions/0"
ONE_OPTION = {"value": {}, "zh": 1, "en": None}
ABOUT_ITSELF = {"all": [{"question": "team", "is": "answered"}]}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def officer():
    return cast.person("officer")


@pytest.fixture
def draft():
    return cast.draft_round()


def test_form_goes_out_and_comes_in_as_it_was(officer, draft):
    full_form(draft.form, officer)
    written = as_json(outline_of(draft.form))
    other = cast.draft_round("other")

    exchange.import_form(other.form, written.encode(), by=officer)

    assert as_json(outline_of(other.form)) == written


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"\xff\xfe", UNREADABLE),
        (b"[" * 100_000, UNREADABLE),
        (b'{"version": NaN}', UNREADABLE),
        (b"9" * 5000, UNREADABLE),
        (b"[]", "“/” is no object."),
        (b"{}", NO_FORM),
        (b'{"format": "grant-form", "version": 2}', NO_FORM),
        (b'{"evil": 1}', "“/evil” is not known here."),
        (b" " * (2 * 1024 * 1024 + 1), "A form has at most 2 MB."),
    ],
)
def test_file_that_is_no_form_is_refused(officer, draft, raw, sentence):
    assert str(refused(exchange.import_form, draft.form, raw, by=officer)) == sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "song"}, f"“{FIRST}/kind” is no kind of question."),
        ({"key": "a b"}, f"{FIRST}/key: Enter a valid “slug”"),
        ({"key": "plan"}, "/sections/1/questions/2/key: Another question of this form has this"),
        ({"label": {"zh": "a\0"}}, f"“{FIRST}/label/zh” has a sign that cannot be kept."),
        ({"label": "x"}, f"“{FIRST}/label” is no object."),
        ({"max_length": True}, f"“{FIRST}/max_length” is no whole number that fits."),
        ({"max_length": 10**30}, f"“{FIRST}/max_length” is no whole number that fits."),
        ({"kind": "number", "least": "1e999999"}, f"{FIRST}/least: "),
        ({"kind": "number", "least": "NaN"}, f"“{FIRST}/least” is no number, such as “12.5”."),
        ({"show_when": ABOUT_ITSELF}, "“Question team”: A question cannot be shown because of"),
        ({"show_when": {"none": 1}}, "“Question team”: Conditions are all or any of a list"),
        ({"kind": "choice", "options": [ONE_OPTION]}, f"{FIRST}/options/0/value: Fill this in"),
        ({"kind": "choice", "options": 5}, f"“{FIRST}/options” is no list."),
        ({"kind": "file", "file_kinds": ["exe", {}]}, f"{FIRST}/file_kinds: Choose from: "),
        (
            {"kind": "group", "columns": [{"kind": "group", "key": "a"}]},
            f"{FIRST}/columns/0/kind: A column is of a simple kind.",
        ),
        ({"limit_unit": "miles"}, f"{FIRST}/limit_unit: Value 'miles' is not a valid choice."),
    ],
)
def test_hostile_question_is_refused_with_its_place(officer, draft, change, sentence):
    data = as_data(outline_of(draft.form))
    data["sections"][0]["questions"][0] |= change

    told = refused(exchange.import_form, draft.form, json.dumps(data).encode(), by=officer)

    assert str(told).startswith(sentence)


def test_form_that_is_too_big_is_refused(officer, draft):
    data = as_data(outline_of(draft.form))
    data["sections"] = data["sections"][:1] * 51

    told = refused(exchange.import_form, draft.form, json.dumps(data).encode(), by=officer)

    assert str(told) == "A form has at most 50 sections, 300 questions and 100 rules."
