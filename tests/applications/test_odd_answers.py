"""Odd input to every kind of question: a sentence or a right answer, kept, never an error."""

import pytest

from grants.applications.models import Application
from grants.applications.services.drafts import missing, save_answers
from grants.programs.models import QuestionKind
from tests import cast
from tests.forms import question, section, store

pytestmark = pytest.mark.django_db
KINDS = [kind for kind in QuestionKind.values if kind != "file"]
NESTED: list = ["x"]
for _time in range(200):
    NESTED = [NESTED]
ODD = [
    "",
    " ",
    None,
    0,
    -1.5,
    10**30,
    float("nan"),
    True,
    "مرحبا بالعالم",
    "\u202egnp.exe",
    "👨\u200d👩\u200d👧\u200d👦 🇨🇳 é e\u0301",
    "\u200b\u200b",
    "a\x00b",
    "\ud83d",
    "<script>alert(1)</script>",
    "'; DROP TABLE grants_application; --",
    "=cmd|'/c calc'!A1",
    "{{ 7*7 }}",
    "../../etc/passwd",
    "x" * 300_000,
    [],
    ["a", ["b"]],
    {"a": {"b": [1]}},
    [{"name": "x", "item": "y"}] * 10_000,
    [None, True, 3, "x", {}],
    NESTED,
]


@pytest.fixture
def application() -> Application:
    round = cast.open_round()
    store(round.form, section(1, *(question(f"my_{kind}", kind) for kind in KINDS)))
    return cast.draft(round=round)


@pytest.mark.parametrize("place", range(len(ODD)))
def test_odd_input_to_every_kind_is_kept_or_told(application, place):
    answers = {f"my_{kind}": ODD[place] for kind in KINDS}

    found = save_answers(application, by=cast.person(), answers=answers)

    kept = Application.objects.get().answers
    assert set(kept) == set(answers)
    assert all(isinstance(value, str | list) for value in kept.values())
    assert all(isinstance(sentence, str) and sentence for sentence in found.values())
    assert found.keys() <= missing(application).keys() | answers.keys()
    again = save_answers(application, by=cast.person(), answers=kept)
    assert Application.objects.get().answers == kept
    assert {key for key in again if "." in key} <= set(found)


@pytest.mark.parametrize("kind", KINDS)
def test_text_that_would_be_lost_is_not(application, kind):
    typed = "星火 <b> =1+1"

    save_answers(application, by=cast.person(), answers={f"my_{kind}": typed})

    assert typed in str(Application.objects.get().answers[f"my_{kind}"])
