"""What the answers hide is neither asked for nor sent; the draft keeps what was typed."""

import pytest
from django.utils.translation import override

from grants.applications.models import Application
from grants.applications.selectors import shown_questions, task_list
from grants.applications.services.documents import add_document
from grants.applications.services.drafts import missing, save_answers
from grants.applications.services.submitting import submit
from grants.core.errors import Refused
from grants.programs.models import FormRule
from tests import cast
from tests.forms import question, section, store, when

pytestmark = pytest.mark.django_db


def draft_with_more(*parts) -> Application:
    """A complete draft of a form that has these sections too."""
    round = cast.open_round()
    for part in parts:
        store(round.form, part)
    return cast.complete_draft(round=round)


def test_hidden_question_is_not_required_and_not_sent_and_kept_in_the_draft():
    hidden = question("why", "number", show_when=when("ready", "equals", "yes"))
    application = draft_with_more(section(1, question("note", is_required=False), hidden))

    found = save_answers(application, by=cast.person(), answers={"why": "many", "note": "x"})

    assert (found, missing(application)) == ({}, {})
    assert application.answers["why"] == "many"
    content = submit(application, by=cast.person()).content
    assert content["answers"] == cast.ANSWERS | {"note": "x"}


def test_question_that_an_answer_opens_is_required_again():
    hidden = question("why", show_when=when("ready", "equals", "yes"))
    application = draft_with_more(section(1, hidden))

    save_answers(application, by=cast.person(), answers={"ready": "yes"})

    assert sorted(missing(application)) == ["why"]
    save_answers(application, by=cast.person(), answers={"why": "for all"})
    assert submit(application, by=cast.person()).content["answers"]["why"] == "for all"


def test_hidden_section_is_not_in_the_task_list():
    part = section(1, question("why"), show_when=when("ready", "equals", "yes"))
    application = draft_with_more(part)

    assert [task.section.position for task in task_list(application)] == [1, 2]
    save_answers(application, by=cast.person(), answers={"ready": "yes"})
    tasks = task_list(application)
    assert [(task.section.position, task.state) for task in tasks] == [
        (1, "done"),
        (2, "done"),
        (3, "not_started"),
    ]
    assert [asked.key for asked in shown_questions(application)][-1] == "why"


def test_file_of_a_hidden_question_is_not_sent():
    hidden = question("plans", "file", show_when=when("ready", "equals", "yes"))
    application = draft_with_more(section(1, hidden))

    add_document(application, cast.pdf(more=b"x"), by=cast.person(), question_key="plans")

    content = submit(application, by=cast.person()).content
    assert [row["question"] for row in content["files"]] == ["proposal"]


def test_budget_and_plan_are_checked_before_sending():
    application = draft_with_more(section(1, question("costs", "budget"), question("way", "plan")))
    by = cast.person()
    save_answers(
        application,
        by=by,
        answers={
            "costs": [{"item": "Tests", "amount": "199,999.99"}],
            "way": [{"title": "Beta", "due_on": "2027-01-31", "share": "99"}],
        },
    )

    assert sorted(missing(application)) == ["costs", "way"]
    assert [sorted(task.problems) for task in task_list(application)] == [[], [], ["costs", "way"]]
    save_answers(
        application,
        by=by,
        answers={
            "costs": [{"item": "Tests", "amount": "200000"}],
            "way": [{"title": "Beta", "due_on": "2027-01-31", "share": "100.00"}],
        },
    )
    assert missing(application) == {}
    assert submit(application, by=by).content["answers"]["costs"] == [
        {"item": "Tests", "amount": "200000.00", "note": ""}
    ]


def test_rule_that_does_not_hold_is_told_at_its_question_and_keeps_the_draft_from_being_sent():
    application = draft_with_more()
    FormRule.objects.create(
        form=application.form,
        expression="own_funds * 10 >= requested_amount",
        message_zh="自有资金不得少于申请金额的十分之一。",
        message_en="Own funds are at least a tenth of what you ask for.",
        question_key="own_funds",
        position=1,
    )

    with override("en"):
        assert missing(application) == {
            "own_funds": "Own funds are at least a tenth of what you ask for."
        }
    assert [sorted(task.problems) for task in task_list(application)] == [[], ["own_funds"]]
    with pytest.raises(Refused) as refused:
        submit(application, by=cast.person())
    assert list(refused.value.problems) == ["own_funds"]
    save_answers(application, by=cast.person(), answers={"own_funds": "20000"})
    assert missing(application) == {}
