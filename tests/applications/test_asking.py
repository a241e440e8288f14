"""Asking for more information on named questions."""

import pytest

from grants.applications.information import InformationRequest, open_keys
from grants.applications.models import Application
from grants.applications.services import documents, drafts, screening, submitting
from grants.core.errors import Refused
from grants.events.models import Event
from tests import cast
from tests.screening.stage import applied, closed

pytestmark = pytest.mark.django_db
OFFICER = "officer"


def stored(application) -> Application:
    return Application.objects.get(pk=application.pk)


def test_named_questions_are_open_and_others_go_back_to_what_was_sent():
    ann = applied("ann")
    by = cast.person("ann")
    drafts.save_answers(ann, by=by, title="Not sent", answers={"plan": "nicht gesendet"})
    more = documents.add_document(ann, cast.pdf("b.pdf", b"x"), by=by, question_key="proposal")
    closed()

    screening.return_for_information(
        ann, by=cast.person(OFFICER), reason="Who?", questions=["team"]
    )

    fresh = stored(ann)
    more.refresh_from_db()
    assert open_keys(fresh) == {"team"}
    assert (fresh.title, fresh.answers["plan"]) == ("App of ann", cast.ANSWERS["plan"])
    assert more.removed_at is not None
    told = Event.objects.get(kind="application.set_back").data["unsent"]
    assert told == {"plan": "nicht gesendet", "title": "Not sent"}
    for change in ({"title": "x"}, {"requested_amount": "3000"}, {"answers": {"plan": "x"}}):
        with pytest.raises(Refused):
            drafts.save_answers(fresh, by=by, **change)
    with pytest.raises(Refused):
        documents.add_document(fresh, cast.pdf(), by=by, question_key="proposal")
    same = cast.ANSWERS | {"team": "四个人"}
    assert drafts.save_answers(fresh, by=by, title="App of ann", answers=same) == {}
    second = submitting.submit(fresh, by=by)
    assert second.content["answers"] == cast.ANSWERS | {"team": "四个人"}


def test_each_asking_stays_in_the_history():
    ann = applied("ann")
    closed()
    for words, keys in (("Who?", ["team"]), ("How much?", ["requested_amount", "title"])):
        screening.return_for_information(ann, by=cast.person(OFFICER), reason=words, questions=keys)
        submitting.submit(ann, by=cast.person("ann"))

    rows = InformationRequest.objects.filter(application=ann).order_by("number")
    assert [(row.number, row.words, row.keys, bool(row.answered_at)) for row in rows] == [
        (1, "Who?", ["team"], True),
        (2, "How much?", ["title", "requested_amount"], True),
    ]
    assert open_keys(stored(ann)) is None
