"""Questions are shown by earlier answers; what is hidden counts as unanswered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.programs.conditions import Comparison, condition_problem, problems_of, shown
from tests import cast
from tests.forms import question, section, store, when

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize(
    ("kind", "answer", "test", "value", "is_shown"),
    [
        ("choice", "phone", "equals", "phone", True),
        ("choice", "tablet", "equals", "phone", False),
        ("choice", "", "equals", "phone", False),
        ("choice", "tablet", "not_equals", "phone", True),
        ("choice", "phone", "not_equals", "phone", False),
        ("choice", "", "not_equals", "phone", True),
        ("choices", ["phone", "tablet"], "includes", "tablet", True),
        ("choices", ["phone"], "includes", "tablet", False),
        ("choices", [], "includes", "tablet", False),
        ("choices", "tablet", "includes", "tablet", False),
        ("number", "10", "equals", "10.0", True),
        ("number", "9", "at_least", "10", False),
        ("number", "10", "at_least", "10", True),
        ("number", "10.5", "at_most", "10", False),
        ("number", "9", "at_most", "10", True),
        ("number", "ten", "at_most", "10", False),
        ("number", "ten", "equals", "ten", True),
        ("number", "", "at_most", "10", False),
        ("money", "100000.00", "at_least", "99999.99", True),
        ("date", "2027-03-01", "at_least", "2027-02-28", True),
        ("date", "2027-03-01", "at_most", "2027-02-28", False),
        ("yes_no", "yes", "equals", "yes", True),
        ("short_text", "x", "answered", "", True),
        ("short_text", "\u200b", "answered", "", False),
        ("short_text", "", "not_answered", "", True),
        ("group", [{"name": "a"}], "answered", "", True),
        ("group", [], "not_answered", "", True),
    ],
)
def test_question_is_shown_where_the_earlier_answer_passes(kind, answer, test, value, is_shown):
    form = section(
        1, question("first", kind), question("then", show_when=when("first", test, value))
    )

    assert shown(form, {"first": answer}) == {"first"} | ({"then"} if is_shown else set())


@pytest.mark.parametrize(
    ("together", "answers", "is_shown"),
    [
        ("all", {"a": "yes", "b": "yes"}, True),
        ("all", {"a": "yes", "b": "no"}, False),
        ("any", {"a": "no", "b": "yes"}, True),
        ("any", {"a": "no", "b": "no"}, False),
        ("any", {}, False),
    ],
)
def test_all_or_any_of_the_conditions_must_pass(together, answers, is_shown):
    tests = [{"question": key, "is": "equals", "value": "yes"} for key in "ab"]
    form = section(
        1,
        question("a", "yes_no"),
        question("b", "yes_no"),
        question("c", show_when={together: tests}),
    )

    assert ("c" in shown(form, answers)) is is_shown


def test_hidden_question_counts_as_unanswered_down_the_chain():
    form = section(
        1,
        question("a", "yes_no"),
        question("b", "yes_no", show_when=when("a", "equals", "yes")),
        question("c", show_when=when("b", "equals", "yes")),
        question("d", show_when=when("c", "answered")),
        question("e", show_when=when("c", "not_answered")),
    )
    answers = dict.fromkeys("abcde", "yes")

    assert shown(form, answers) == {"a", "b", "c", "d"}
    assert shown(form, answers | {"a": "no"}) == {"a", "e"}


def test_hidden_section_hides_its_questions():
    form = section(1, question("a", "yes_no")) + section(
        2, question("b"), question("c", show_when=when("b", "not_answered")),
        show_when=when("a", "equals", "yes"),
    )  # fmt: skip

    assert shown(form, {"a": "yes"}) == {"a", "b", "c"}
    assert shown(form, {"a": "no"}) == {"a"}


@pytest.mark.parametrize("key", ["itself", "later", "unknown"])
def test_condition_that_turns_in_a_circle_sees_no_answer(key):
    form = section(1, question("itself", show_when=when(key, "equals", "x")), question("later"))

    assert shown(form, {"itself": "x", "later": "x", "unknown": "x"}) == {"later"}


KNOWN = {
    "text": question("text"),
    "size": question("size", "number"),
    "day": question("day", "date"),
    "device": question("device", "choice"),
    "devices": question("devices", "choices"),
    "ready": question("ready", "yes_no"),
    "file": question("file", "file"),
    "rows": question("rows", "group"),
    "later": question("later"),
}
EARLIER = {key: asked for key, asked in KNOWN.items() if key != "later"}


@pytest.mark.parametrize(
    "show_when",
    [
        {},
        when("text", "equals", "x"),
        when("size", "at_least", "10"),
        when("day", "at_most", "2027-01-01", together="any"),
        when("device", "not_equals", "phone"),
        when("devices", "includes", "tablet"),
        when("ready", "equals", "no"),
        when("rows", "answered"),
        {"all": [{"question": "rows", "is": "not_answered"}]},
    ],
)
def test_right_condition_has_no_problem(show_when):
    assert condition_problem(show_when, EARLIER, KNOWN) == ""


@pytest.mark.parametrize(
    ("show_when", "part"),
    [
        (when("nothing", "answered"), "“nothing”"),
        (when("later", "answered"), "comes later"),
        (when("text", "at_least", "1"), "cannot be asked"),
        (when("text", "equals", " "), "no answer"),
        (when("size", "equals", "ten"), "no answer"),
        (when("day", "equals", "soon"), "no answer"),
        (when("device", "equals", "fridge"), "no answer"),
        (when("device", "includes", "phone"), "cannot be asked"),
        (when("devices", "equals", "phone"), "cannot be asked"),
        (when("ready", "equals", "maybe"), "no answer"),
        (when("file", "answered"), "cannot be asked"),
        (when("rows", "equals", "x"), "cannot be asked"),
        (when("text", "sounds_like", "x"), "a list"),
        ([], "a list"),
        ("text", "a list"),
        ({"all": []}, "a list"),
        ({"some": [{"question": "text", "is": "answered"}]}, "a list"),
        ({"all": [{"question": "text", "is": "answered"}], "any": []}, "a list"),
        ({"all": [{"question": "text"}]}, "a list"),
        ({"all": [{"question": ["text"], "is": "answered"}]}, "a list"),
        ({"all": [{"question": "text", "is": "answered", "or": "x"}]}, "a list"),
        ({"all": [{"question": "text", "is": "answered"}] * 21}, "a list"),
    ],
)
def test_wrong_condition_is_told_in_a_sentence(show_when, part):
    assert part in condition_problem(show_when, EARLIER, KNOWN)


def test_condition_about_itself_is_told():
    sentence = condition_problem(when("text", "answered"), {}, KNOWN, itself=KNOWN["text"])

    assert "its own answer" in sentence


def test_any_json_is_told_or_right():
    scalars = st.sampled_from(["all", "any", "text", "equals", "question", "is", "value", 1, None])
    values = st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["all", "question", "is", "value"]), inner, max_size=3
            )
        ),
    )

    @given(values)
    def check(show_when):
        assert isinstance(condition_problem(show_when, EARLIER, KNOWN), str)

    check()


@pytest.mark.django_db
def test_problems_of_a_form_name_the_part_that_is_wrong():
    form = cast.draft_round().form
    wrong_section = section(
        1, question("x", show_when=when("y", "answered")), question("y"),
        show_when=when("y", "answered"),
    )  # fmt: skip
    store(form, wrong_section)

    found = problems_of(form)

    assert [type(problem.where).__name__ for problem in found] == ["Section", "Question"]


def test_every_comparison_has_its_words():
    assert len({str(test.label) for test in Comparison}) == len(Comparison)
