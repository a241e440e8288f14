"""What the fund asks of an applicant now, with the pages where it is answered."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from grants.applications.information import PROJECT_KEYS, InformationRequest, open_request
from grants.applications.models import Application
from grants.applications.selectors import questions_of


@dataclass(frozen=True)
class Asked:
    """`places`: label and address of each question that is open again; empty where all are."""

    request: InformationRequest
    places: list[tuple[str, str]]


def asked_of(application: Application) -> Asked | None:
    request = open_request(application)
    if request is None:
        return None
    words = {"title": _("Title of the project"), "requested_amount": _("Amount asked for")}
    project = reverse("application-project", args=[application.reference])
    places = [(words[key], project) for key in PROJECT_KEYS if key in request.keys]
    for question in questions_of(application) if request.keys else ():
        if question.key in request.keys:
            position = question.section.position
            url = reverse("application-section", args=[application.reference, position])
            places.append((question.label, f"{url}#id_q-{question.key}"))
    return Asked(request, places)
