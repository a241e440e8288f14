"""Somebody before the pages: signs in, opens them, fills in forms and presses buttons."""

from django_webtest import DjangoTestApp
from webtest import Upload

from grants.accounts.models import User


class Visitor:
    """Knows nothing of addresses of forms: each is found on the page by where it leads."""

    def __init__(self, email: str, password: str, language: str = "en"):
        self.app = DjangoTestApp()
        self.app.set_cookie("django_language", language)
        page = self.app.get("/accounts/login/")
        form = self.form(page, login=...)
        form["login"], form["password"] = email, password
        assert form.submit().status_int == 302
        self.user = User.objects.get(email=email)

    def open(self, address: str, status: int = 200):
        return self.app.get(address, status=status)

    @staticmethod
    def form(page, action: str = "", **fields):
        """The form that posts to where `action` is the end of, or to the page itself."""
        found = [
            form
            for form in page.forms.values()
            if form.method.lower() == "post"
            and set(fields) <= set(form.fields)
            and (
                form.action.endswith(action)
                if action
                else form.action in ("", page.request.path, page.request.path_qs) or fields
            )
        ]
        assert found, (action, list(fields), [form.action for form in page.forms.values()])
        return found[0]

    def send(self, page, action: str = "", *, button: str | None = None, **fields):
        """Fills the form in, sends it, and goes where it leads; gives the page after it."""
        if isinstance(page, str):
            page = self.open(page)
        form = self.form(page, action, **fields)
        for name, value in fields.items():
            if isinstance(value, tuple):
                value = [Upload(*value)]
            form[name] = value
        answer = form.submit(button) if button else form.submit()
        return answer.follow() if answer.status_int == 302 else answer


def words(page) -> str:
    """What the page says, without its tags, in one line."""
    return " ".join(page.html.find("main").get_text(" ").split())
