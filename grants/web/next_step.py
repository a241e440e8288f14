"""What happens next with an application, whose turn it is, and when."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.awards.models import Award
from grants.core.dates import in_words


@dataclass(frozen=True)
class NextStep:
    """`turn` is "yours" where the applicant has to act (`url` and `action` lead there), "open"
    where it was sent and may still be corrected, "fund" where the fund has to act, and "over" where
    nothing follows. `when` says by which day, or honestly that no day was promised.
    """

    text: str
    is_yours: bool = False
    url: str = ""
    action: str = ""
    when: str = ""
    state: str = "fund"

    @property
    def turn(self) -> str:
        return "yours" if self.is_yours else self.state

    @property
    def turn_words(self) -> str:
        return {
            "yours": _("It is your turn"),
            "open": _("Sent. You may still correct it"),
            "fund": _("It is the fund's turn"),
            "over": _("Nothing more is to be done"),
        }[self.turn]


def next_step(application: Application, award: Award | None) -> NextStep:
    """`award` is the released one with its milestones, or None."""
    if application.state == "decided":
        return _after_decision(application, award)
    if application.state in ("draft", "submitted", "returned"):
        return _while_editing(application)
    return _at_the_fund(application)


def _at_the_fund(application: Application) -> NextStep:
    round = application.round
    if application.state == "screening":
        text = _("We check whether the application meets the rules of the round.")
        return NextStep(text, when=_by(round.reviews_end_on, _("The reviews should end by")))
    if application.state == "in_review":
        text = _("Reviewers read and score the application. The decision comes next.")
        return NextStep(text, when=_by(round.decision_on, _("The decision is expected by")))
    if application.state == "ineligible":
        return NextStep(_("The application does not meet the rules of the round."), state="over")
    return NextStep(_("You withdrew this application."), state="over")


def _by(day: date | None, words: str) -> str:
    """A promise with its day; without one, that there is none."""
    if day is None:
        return _("The round names no day for this. You get a mail as soon as it goes on.")
    if day < timezone.localdate():
        return _("It takes longer than planned. You get a mail as soon as it goes on.")
    return f"{words} {in_words(day, 'date')}"


def _url(application: Application, name: str = "application-detail", *args) -> str:
    return reverse(name, args=[application.reference, *args])


def _while_editing(application: Application) -> NextStep:
    closes = {"when": in_words(application.round.closes_at)}
    if application.state == "returned":
        text = _("Add what we asked for and submit again.")
        return NextStep(text, True, _url(application), _("Continue"))
    if application.state == "draft":
        if not application.is_editable:
            return NextStep(_("The round closed before this was submitted."), state="over")
        text = _("Finish the form and submit it before %(when)s.") % closes
        return NextStep(text, True, _url(application), _("Continue"))
    if not application.is_editable:
        text = _("We have it. Next we check whether it meets the rules of the round.")
        day = application.round.reviews_end_on
        return NextStep(text, when=_by(day, _("The reviews should end by")))
    if application.is_changed_since_submission:
        text = _("You changed answers after submitting. Submit again so that the changes count.")
        return NextStep(text, True, _url(application, "application-check"), _("Check and submit"))
    text = _("We have it. You can correct it and submit again until %(when)s.") % closes
    then = _("Then we check whether it meets the rules of the round.")
    return NextStep(text, when=then, state="open")


def _after_decision(application: Application, award: Award | None) -> NextStep:
    if award is None:
        text = _("The decision was made. Read it together with the feedback.")
        return NextStep(text, state="over")
    if award.state == "offered":
        text = _("Accept or decline the award by %(when)s.") % {"when": in_words(award.accept_by)}
        return NextStep(text, True, _url(application), _("See the award"))
    if award.state in ("accepted", "active"):
        return _at_work(application, award)
    return NextStep(
        {
            "completed": _("All milestones were reached and paid. Thank you."),
            "declined": _("You declined the award."),
            "suspended": _("The award is suspended: nothing is paid until it is resumed."),
            "terminated": _("The award was ended."),
        }[award.state],
        state="fund" if award.state == "suspended" else "over",
    )


def _at_work(application: Application, award: Award) -> NextStep:
    milestones = list(award.milestones.all())
    for milestone in milestones:
        words = {"title": milestone.title, "when": in_words(milestone.due_on, "date")}
        url = _url(application, "milestone-report", milestone.number)
        if milestone.state == "returned":
            text = _("Add what we asked for to the report on “%(title)s”.") % words
            return NextStep(text, True, url, _("Write the report"))
        if milestone.state == "planned":
            text = _("Report “%(title)s” by %(when)s.") % words
            return NextStep(text, True, url, _("Write the report"))
    if any(milestone.state == "submitted" for milestone in milestones):
        return NextStep(_("We check your report."))
    return NextStep(_("All milestones were accepted. The last payments are on their way."))
