"""Two people on one page: what each changed is kept, and nothing is written over unseen."""

import pytest

from grants.accounts.services import add_member
from grants.applications.models import Application
from grants.applications.services.drafts import save_answers, standing
from grants.applications.services.merging import UNSEEN, Base, mark_of, save_page
from grants.core.errors import Refused
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db


def stored(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def seen(application: Application, page: str = "", turn: int = 0) -> Base:
    """The page as it is loaded now; what has no answer has a mark as well."""
    texts = dict.fromkeys(cast.ANSWERS, "") | standing(stored(application))
    return Base({name: mark_of(value) for name, value in texts.items()}, page, turn)


def colleague(application: Application):
    add_member(
        application.organisation,
        by=cast.person(),
        email=cast.person("colleague").email,
        role="editor",
    )
    return cast.person("colleague")


def test_answers_that_a_page_did_not_touch_are_left_to_the_other():
    application = cast.complete_draft()
    base, other = seen(application, "mine"), colleague(application)
    save_answers(stored(application), by=other, answers={"team": "Four people."})

    saved = save_page(
        application, by=cast.person(), base=base, answers=cast.ANSWERS | {"plan": "Better."}
    )

    assert (saved.problems, saved.conflicts) == ({}, {})
    assert application.answers == cast.ANSWERS | {"team": "Four people.", "plan": "Better."}


def test_answer_that_both_changed_is_asked_about_and_left_as_it_stands():
    application = cast.complete_draft()
    base, other = seen(application, "mine"), colleague(application)
    save_page(
        stored(application), by=other, base=seen(application, "theirs"), answers={"team": "Four."}
    )

    saved = save_page(
        application, by=cast.person(), base=base, answers={"team": "Three.", "plan": "Better."}
    )

    conflict = saved.conflicts["team"]
    assert (list(saved.conflicts), conflict.value, conflict.by) == (["team"], "Four.", other)
    assert stored(application).answers == cast.ANSWERS | {"team": "Four.", "plan": "Better."}


def test_choice_of_mine_stands_only_over_what_was_seen():
    application = cast.complete_draft()
    save_answers(stored(application), by=colleague(application), answers={"team": "Five."})

    unseen = save_page(
        application, by=cast.person(), base=Base({"team": UNSEEN}), answers={"team": "Three."}
    )
    chosen = save_page(
        application,
        by=cast.person(),
        base=Base({"team": mark_of("Five.")}),
        answers={"team": "Three."},
    )

    assert (list(unseen.conflicts), list(chosen.conflicts)) == (["team"], [])
    assert stored(application).answers["team"] == "Three."


def test_same_change_by_both_is_no_conflict():
    application = cast.complete_draft()
    base = seen(application)
    save_answers(stored(application), by=colleague(application), answers={"team_size": "1,000"})

    saved = save_page(application, by=cast.person(), base=base, answers={"team_size": "1000"})

    assert (saved.conflicts, stored(application).answers["team_size"]) == ({}, "1000")


def test_page_whose_answer_got_lost_is_in_no_conflict_with_itself():
    application = cast.complete_draft()
    base = seen(application, "mine", turn=1)
    for turn, text in ((1, "A"), (2, "AB"), (3, cast.ANSWERS["team"])):
        base = Base(base.marks, "mine", turn)

        saved = save_page(application, by=cast.person(), base=base, answers={"team": text})

        assert (saved.conflicts, stored(application).answers["team"]) == ({}, text)


def test_request_that_was_overtaken_changes_nothing():
    application = cast.complete_draft()
    base = seen(application, "mine")
    later, earlier = Base(base.marks, "mine", 2), Base(base.marks, "mine", 1)
    save_page(application, by=cast.person(), base=later, answers={"team": "ABC"})

    saved = save_page(application, by=cast.person(), base=earlier, answers={"team": "AB"})

    assert (saved.conflicts, stored(application).answers["team"]) == ({}, "ABC")


def test_title_and_amount_that_both_changed_are_asked_about():
    application = cast.complete_draft()
    base = seen(application)
    save_answers(
        stored(application), by=colleague(application), title="Theirs", requested_amount="3000"
    )

    saved = save_page(
        application, by=cast.person(), base=base, title="Mine", requested_amount="3,000.00"
    )

    assert {name: conflict.value for name, conflict in saved.conflicts.items()} == {
        "title": "Theirs"
    }
    fresh = stored(application)
    assert (fresh.title, str(fresh.requested_amount)) == ("Theirs", "3000.00")


def test_wrong_answer_that_was_kept_before_is_said_again():
    application = cast.complete_draft()
    save_answers(application, by=cast.person(), answers={"team_size": "many"})

    saved = save_page(
        application, by=cast.person(), base=seen(application), answers={"team_size": "many"}
    )

    assert list(saved.problems) == ["team_size"]


def test_page_of_an_application_that_was_sent_on_is_refused():
    application = cast.in_review()
    base = seen(application)

    with pytest.raises(Refused):
        save_page(application, by=cast.person(), base=base, answers={"team": "x"})

    assert stored(application).answers == cast.ANSWERS


@pytest.mark.django_db(transaction=True)
def test_of_eight_editors_at_once_one_is_saved_and_seven_are_asked():
    application, by = cast.complete_draft(), cast.person()
    bases = [seen(application, f"page-{number}") for number in range(8)]

    saved = together(
        *[
            lambda base=base: save_page(
                stored(application), by=by, base=base, answers={"team": base.page}
            )
            for base in bases
        ]
    )

    standing_text = stored(application).answers["team"]
    asked = [outcome.conflicts for outcome in saved if outcome.conflicts]
    assert [conflict["team"].value for conflict in asked] == [standing_text] * 7
