import pytest
from bs4 import BeautifulSoup
from django.test import Client

from grants.accounts.models import MemberRole, Membership, Role
from tests import cast

STRANGER = "stranger"
EVERYBODY = [*Role.values, "superuser", "applicant", STRANGER]
READERS = ["officer", "approver", "finance", "controller", "auditor"]
ODD_QUERIES = [
    "state=nothing",
    "state=%00",
    "before=x",
    "before=%C2%B2",
    "before=" + "9" * 5000,
    "after=-1",
    "after=" + "9" * 19,
    "before=&after=",
]


@pytest.fixture
def at_desk(client):
    """A browser in which that person is signed in; the stranger is nobody."""

    def sign_in(handle: str) -> Client:
        browser = Client()
        browser.handler = client.handler  # making one takes longer than a page
        if handle != STRANGER:
            browser.force_login(cast.person(handle))
        return browser

    return sign_in


def join(application, handle: str) -> None:
    """Makes somebody a member of the applicant."""
    Membership.objects.create(
        organisation=application.organisation, user=cast.person(handle), role=MemberRole.VIEWER
    )


def answers(url: str, sent: dict | None = None, *, of=EVERYBODY, at_desk) -> dict:
    """The status that each of the people gets, or "login"; a POST where something is sent."""
    found = {}
    for handle in of:
        browser = at_desk(handle)
        response = browser.get(url) if sent is None else browser.post(url, sent)
        is_login = response.status_code == 302 and response.url.startswith("/admin/login/")
        found[handle] = "login" if is_login else response.status_code
    return found


def open_to(*handles: str) -> dict:
    """What `answers` gives for a page that only these people may open."""
    return dict.fromkeys(EVERYBODY, 403) | {STRANGER: "login"} | dict.fromkeys(handles, 200)


def without(*handles: str) -> list[str]:
    return [handle for handle in EVERYBODY if handle not in handles]


def verbs_on(response) -> list[str]:
    return [offer.verb.name for offer in response.context["offers"]]


def offered(url: str, *, at_desk) -> dict:
    """The verbs that the page offers, by those of the deciding desk to whom it offers any."""
    verbs = {handle: verbs_on(at_desk(handle).get(url)) for handle in READERS}
    return {handle: names for handle, names in verbs.items() if names}


def form_of(response, verb: str):
    return next(o.form for o in response.context["offers"] if o.verb.name == verb)


def told(response) -> list[str]:
    """What the notices on top of the page say: messages, and the summary of what was refused."""
    page = BeautifulSoup(response.content, "html.parser")
    notices = page.select(".notice-list .notice, .notice-summary li")
    return [" ".join(notice.get_text().split()) for notice in notices]


def beside(response, field_id: str) -> str:
    """The sentence beside a field."""
    page = BeautifulSoup(response.content, "html.parser")
    return " ".join(page.select_one(f"#{field_id}_error").get_text().split())


def errors_of(response, form: str = "form") -> dict:
    """The errors of a form on the page, as plain texts by field."""
    return {field: list(texts) for field, texts in response.context[form].errors.items()}
