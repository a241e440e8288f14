"""Going on with a newer version of the form."""

import pytest
from django.utils import translation

from grants.applications.services import submitting, versions
from grants.core.errors import Refused
from grants.events.models import Event
from grants.programs.models import Question
from grants.programs.services import copying, forms
from tests import cast
from tests.admin.form_building import option

pytestmark = pytest.mark.django_db

OLD = "The form of this round has changed. Go on with the new form, then send it."


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def officer():
    return cast.person("officer")


def renewed(round, change=lambda form: None):
    """The round with a second version published, changed by `change`."""
    version = copying.begin_version(round, by=officer())
    change(version)
    return copying.publish_version(version, by=officer())


def of(form, key: str) -> Question:
    return Question.objects.get(section__form=form, key=key)


def reshape(form) -> None:
    """Takes a question out, gives one another kind and one other options."""
    forms.remove_question(of(form, "ready"), by=officer())
    section = of(form, "team_size").section
    forms.remove_question(of(form, "team_size"), by=officer())
    words = {"label_zh": "人数", "label_en": "How many"}
    forms.add_question(section, by=officer(), kind="date", key="team_size", **words)
    forms.change_question(of(form, "category"), by=officer(), options=[option("games")])


@pytest.fixture
def application():
    return cast.complete_draft()


def test_what_fits_goes_over_and_the_rest_stays_in_sight(application):
    form = renewed(application.round, reshape)

    versions.take_newer_form(application, by=cast.person("applicant"))

    application.refresh_from_db()
    kept = {"team", "launch_on", "site", "own_funds", "plan"}
    assert application.form == form
    assert application.answers == {key: cast.ANSWERS[key] for key in kept}
    assert application.left_over == [
        ("category", "Question category", "Tools"),
        ("ready", "Question ready", "No"),
        ("team_size", "Question team_size", "2"),
    ]
    assert Event.objects.get(kind="application.take_form").data == {
        "version": 2,
        "set_aside": ["category", "ready", "team_size"],
    }


def test_old_words_go_when_the_question_is_answered_or_let_go(application):
    renewed(application.round, reshape)
    applicant = cast.person("applicant")
    versions.take_newer_form(application, by=applicant)

    cast.drafts.save_answers(application, by=applicant, answers={"category": "games"})
    versions.let_go(application, "ready", by=applicant)

    application.refresh_from_db()
    assert [key for key, _label, _text in application.left_over] == ["team_size"]


def test_old_form_is_not_sent_until_the_applicant_goes_on(application):
    renewed(application.round)
    applicant = cast.person("applicant")

    with pytest.raises(Refused, match=OLD):
        submitting.submit(application, by=applicant)
    assert application.submissions.count() == 0

    versions.take_newer_form(application, by=applicant)
    submitting.submit(application, by=applicant)
    assert application.submissions.get().content["form_version"] == 2


def test_saving_goes_on_on_the_old_form(application):
    renewed(application.round)

    cast.drafts.save_answers(
        application, by=cast.person("applicant"), answers={"plan": "更好的应用"}
    )

    application.refresh_from_db()
    assert application.answers["plan"] == "更好的应用"


def test_without_a_newer_form_nothing_happens(application):
    before = Event.objects.count()

    versions.take_newer_form(application, by=cast.person("applicant"))
    versions.let_go(application, "ready", by=cast.person("applicant"))

    assert (application.form.number, Event.objects.count()) == (1, before)


def test_file_of_a_question_that_is_gone_is_named(application):
    renewed(
        application.round,
        lambda form: forms.remove_question(of(form, "proposal"), by=officer()),
    )

    versions.take_newer_form(application, by=cast.person("applicant"))

    assert application.left_over == [("proposal", "Question proposal", "proposal.pdf")]
    assert application.documents.filter(removed_at=None).count() == 1


def test_returned_application_keeps_its_form():
    application = cast.submitted()
    renewed(application.round)
    type(application).objects.update(state="returned")
    application.refresh_from_db()

    versions.take_newer_form(application, by=cast.person("applicant"))

    assert application.form.number == 1
