"""Where a mail server or a mail service posts the mails that answer ours, as raw MIME."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from grants.messages.mail import MOST_BYTES
from grants.messages.services.receiving import NotTaken, receive

logger = logging.getLogger(__name__)


@csrf_exempt
@never_cache
@require_POST
def mail_in(request: HttpRequest) -> HttpResponse:
    """204 for every mail that was looked at, taken or dropped: who sent it learns nothing.

    404 without the token of INBOUND_MAIL_TOKEN, as `Authorization: Bearer …`; 413 for too big one.
    """
    token = settings.INBOUND_MAIL_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not constant_time_compare(given, token):
        return HttpResponse(status=404)
    most = MOST_BYTES
    raw = request.read(most + 1)
    if len(raw) > most:
        return HttpResponse(status=413)
    try:
        message = receive(raw)
    except NotTaken as why:
        logger.warning("a mail was dropped: %s %s", why.code, why)
    else:
        logger.info("a mail became message %s", message.pk)
    return HttpResponse(status=204)
