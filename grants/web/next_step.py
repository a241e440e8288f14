"""What happens next with an application, in one sentence."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.awards.models import Award
from grants.core.dates import in_words


@dataclass(frozen=True)
class NextStep:
    """`is_yours` where the applicant has to act; `url` and `action` lead there."""

    text: str
    is_yours: bool = False
    url: str = ""
    action: str = ""


def next_step(application: Application, award: Award | None) -> NextStep:
    """`award` is the released one with its milestones, or None."""
    if application.state == "decided":
        return _after_decision(application, award)
    if application.state in ("draft", "submitted", "returned"):
        return _while_editing(application)
    return NextStep(
        {
            "screening": _("We check whether the application meets the rules of the round."),
            "in_review": _("Reviewers read and score the application. The decision comes next."),
            "ineligible": _("The application does not meet the rules of the round."),
            "withdrawn": _("You withdrew this application."),
        }[application.state]
    )


def _url(application: Application, name: str = "application-detail", *args) -> str:
    return reverse(name, args=[application.reference, *args])


def _while_editing(application: Application) -> NextStep:
    closes = {"when": in_words(application.round.closes_at)}
    if application.state == "returned":
        text = _("Add what we asked for and submit again.")
        return NextStep(text, True, _url(application), _("Continue"))
    if application.state == "draft":
        if not application.is_editable:
            return NextStep(_("The round closed before this was submitted."))
        text = _("Finish the form and submit it before %(when)s.") % closes
        return NextStep(text, True, _url(application), _("Continue"))
    if not application.is_editable:
        return NextStep(_("We have it. Next we check whether it meets the rules of the round."))
    if application.is_changed_since_submission:
        text = _("You changed answers after submitting. Submit again so that the changes count.")
        return NextStep(text, True, _url(application, "application-check"), _("Check and submit"))
    return NextStep(_("We have it. You can correct it and submit again until %(when)s.") % closes)


def _after_decision(application: Application, award: Award | None) -> NextStep:
    if award is None:
        return NextStep(_("The decision was made. Read it together with the feedback."))
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
        }[award.state]
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
