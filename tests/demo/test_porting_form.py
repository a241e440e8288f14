"""The demo's porting round: every kind of question, and an application that can be sent."""

import pytest
from jsonschema import Draft202012Validator

from grants.api.form_schema import form_schema
from grants.applications.models import Application
from grants.applications.services.documents import add_document
from grants.applications.services.drafts import missing, save_answers
from grants.applications.services.submitting import submit
from grants.core.patterns import portable
from grants.demo.porting import add_porting_form
from grants.programs.conditions import problems_of
from grants.programs.models import Question, QuestionKind, Round
from grants.programs.rules import rule_problem
from grants.programs.services import open_round
from tests import cast

pytestmark = pytest.mark.django_db
RIGHT = {
    "apps": [{"package_name": "com.example.notes", "category": "tools", "device_share": "0"}],
    "platforms": ["android", "web"],
    "monthly_users": "250000",
    "uses_google": "no",
    "approach": "native",
    "scope": "移植编辑器、同步与分享，难点在离线时的合并与文件权限的差别。",
    "start_on": "2027-01-04",
    "launch_on": "2027-09-30",
    "way": [
        {"title": "内测", "due_on": "2027-05-31", "share": "40"},
        {"title": "上架", "due_on": "2027-09-30", "share": "60"},
    ],
    "members": [{"name": "李娜", "role": "lead", "years": "8"}],
    "mobile": "13800138000",
    "has_partner": "no",
    "costs": [{"item": "开发", "amount": "150000"}, {"item": "测试", "amount": "50000"}],
}


def porting_round() -> Round:
    round = cast.draft_round()
    round.form.sections.all().delete()
    add_porting_form(round.form)
    return open_round(round, by=cast.person("officer"))


def filled_in(**changes) -> Application:
    application = cast.draft(round=porting_round())
    save_answers(
        application,
        by=cast.person(),
        title="星火笔记",
        requested_amount="200000",
        answers=RIGHT | changes,
    )
    add_document(application, cast.pdf(), by=cast.person(), question_key="proposal")
    return application


def test_form_has_every_kind_and_nothing_wrong():
    form = porting_round().form
    questions = list(Question.objects.filter(section__form=form))

    assert {question.kind for question in questions} == set(QuestionKind.values)
    assert problems_of(form) == []
    assert [rule_problem(rule.expression, questions) for rule in form.rules.all()] == [""] * 3
    assert all(portable(question.pattern) for question in questions if question.pattern)


def test_right_answers_are_sent_and_validate():
    application = filled_in()

    assert missing(application) == {}
    answers = submit(application, by=cast.person()).content["answers"]
    Draft202012Validator(form_schema(application.form)).validate(answers)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"uses_google": "yes"}, ["google_plan"]),
        ({"approach": "framework"}, ["framework"]),
        ({"has_partner": "yes"}, ["partner", "partner_code", "agreement"]),
        ({"launch_on": "2027-01-04"}, ["launch_on"]),
        ({"launch_on": "2029-01-04"}, ["launch_on"]),
        ({"mobile": "23800138000"}, ["mobile"]),
        ({"costs": [{"item": "开发", "amount": "200000"}]}, ["costs"]),
        ({"costs": RIGHT["costs"][:1]}, ["costs"]),
        ({"way": RIGHT["way"][:1]}, ["way"]),
        ({"members": []}, ["members"]),
        ({"members": [{"name": "李娜", "role": "boss"}]}, ["members.0.role"]),
    ],
)
def test_each_wrong_answer_is_told_at_its_place(changes, wrong):
    assert list(missing(filled_in(**changes))) == wrong
