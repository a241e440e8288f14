"""A form that says something of everything, and what a refusal leaves."""

import pytest

from grants.core.errors import Refused
from grants.programs.models import Question
from grants.programs.services import columns, form_rules, forms
from tests.admin.form_building import option, words_of_form

WORDS = {"label_zh": "问题", "label_en": "Question"}
WHEN_READY = {"all": [{"question": "ready", "is": "equals", "value": "yes"}]}


def question(key: str) -> Question:
    return Question.objects.get(key=key)


def full_form(form, by) -> None:
    """Something of everything that a form can say."""
    first, second = form.sections.order_by("position")
    forms.change_section(first, by=by, help_zh="说明", help_en="Help")
    forms.change_question(
        question("plan"), by=by, pattern="[a-z]+", pattern_hint_zh="小写", pattern_hint_en="small"
    )
    forms.change_question(question("team_size"), by=by, least="0.5", most="12")
    forms.change_question(question("proposal"), by=by, file_kinds=["pdf"], file_megabytes=5)
    options = [option("a"), option("b")]
    forms.add_question(second, by=by, kind="choices", key="many", options=options, **WORDS)
    group = forms.add_question(second, by=by, kind="group", key="people", most_rows=3, **WORDS)
    columns.add_column(group, by=by, kind="choice", key="role", options=options, **WORDS)
    columns.add_column(group, by=by, kind="money", key="pay", least="1", **WORDS)
    forms.change_section(second, by=by, show_when=WHEN_READY)
    form_rules.add_rule(
        form, by=by, expression="sum(people.pay) <= requested_amount", question_key="people",
        message_zh="太多", message_en="Too much",
    )  # fmt: skip


def refused(verb, *args, **kwargs) -> Refused:
    """What a verb says; nothing of the forms has changed."""
    before = words_of_form()
    with pytest.raises(Refused) as caught:
        verb(*args, **kwargs)
    assert words_of_form() == before
    return caught.value
