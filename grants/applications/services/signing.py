"""The signatory signs what is sent: exactly it, and as themselves."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import Application, SignOff
from grants.applications.services.editing import locked, refuse_unless_editable
from grants.applications.services.submitting import (
    complete_content,
    content_of,
    declaration_of,
    signature_under,
)
from grants.core.digest import digest
from grants.core.errors import Refused
from grants.core.policy import require
from grants.core.texts import one_line
from grants.events.services import advance, lock, record


def open_sign_off(application: Application) -> SignOff | None:
    """What waits for a signature."""
    return application.sign_offs.filter(state="asked").select_related("asked_by").first()


def last_refusal(application: Application) -> SignOff | None:
    """The last sign-off where it was refused and nothing was asked or signed after it."""
    last = application.sign_offs.select_related("signed_by").order_by("-pk").first()
    return last if last and last.state == "refused" else None


@transaction.atomic
def ask_sign_off(application: Application, *, by) -> SignOff:
    """Puts the answers before the signatories. Asked again for the same text, gives that one.

    Raises `Refused` while something is missing. An earlier text that waits is replaced.
    """
    require(by, "edit_application", application)
    fresh = locked(application)
    refuse_unless_editable(fresh)
    if not fresh.round.needs_sign_off:
        raise Refused(_("This round asks for no signature: submit it."))
    content = complete_content(fresh)
    sha256 = digest(content)
    if signed := signature_under(fresh, sha256):
        return signed
    if waiting := open_sign_off(fresh):
        if waiting.sha256 == sha256:
            return waiting
        advance(waiting, "replace", by=by)
    asked = SignOff.objects.create(application=fresh, content=content, sha256=sha256, asked_by=by)
    record(asked, "ask", by=by, to_state=asked.state, data={"sha256": sha256})
    return asked


@transaction.atomic
def sign(sign_off: SignOff, *, by, name: str) -> SignOff:
    """Signs. Raises `Refused` where the answers were changed since, and for another's name."""
    application = sign_off.application
    require(by, "sign_application", application)
    fresh = locked(application)
    refuse_unless_editable(fresh)
    if lock(sign_off).state == "signed":
        return SignOff.objects.get(pk=sign_off.pk)
    if digest(content_of(fresh)) != sign_off.sha256:
        raise Refused(_("The answers were changed since you were asked. Ask for the new text."))
    if one_line(name).casefold() != one_line(str(by)).casefold():
        raise Refused(_("Type your name just as it is in your profile."), field="name")
    advance(
        sign_off,
        "sign",
        by=by,
        data={"sha256": sign_off.sha256, "as": one_line(name)},
        signed_by=by,
        signed_as=one_line(name),
        signed_at=timezone.now(),
        declaration=declaration_of(fresh.round),
    )
    return sign_off


@transaction.atomic
def refuse_to_sign(sign_off: SignOff, *, by, reason: str) -> SignOff:
    """Gives the text back with words."""
    require(by, "sign_application", sign_off.application)
    locked(sign_off.application)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say what should be changed."), field="reason")
    advance(sign_off, "refuse", by=by, signed_by=by, reason=reason, data={"reason": reason})
    return sign_off
