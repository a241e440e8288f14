"""A service's “no” in words on the page; the language of the profile; private pages."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from grants.core.errors import Refused


def language_of_the_profile(get_response):
    """The switch (a cookie) comes first, then the profile, then Accept-Language."""

    def middleware(request):
        chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if not chosen and request.user.is_authenticated and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return get_response(request)

    return middleware


def private_pages(get_response):
    """What is shown in a session is kept by no cache and no browser, unless the page says how."""

    def middleware(request):
        response = get_response(request)
        is_private = settings.SESSION_COOKIE_NAME in request.COOKIES
        if is_private and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return middleware


class RefusedMiddleware:
    """`Refused` from a page becomes a message, and the person is back where the button was."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, Refused):
            return None
        texts = dict.fromkeys([str(exception), *map(str, exception.problems.values())])
        for text in texts:
            messages.error(request, text)
        back = request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(
            back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            back = request.path if request.method == "GET" else "/"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": back})
        return HttpResponseRedirect(back)
