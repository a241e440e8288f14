"""Adding a business licence, and what an officer finds."""

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.accounts.models import Organisation
from grants.applications.files import examine
from grants.applications.services.scanning import refuse_infected
from grants.core.errors import Refused
from grants.core.policy import require
from grants.events.services import advance, lock, record
from grants.licences.models import Licence

TYPES = {"application/pdf", "image/png", "image/jpeg"}


def upload_licence(organisation: Organisation, upload: File, *, by) -> Licence:
    """Adds the licence of a company in place of the one before; an officer looks at it then.

    Raises `Refused` for an individual and for a file that is not taken.
    """
    require(by, "change_organisation", organisation)
    if not organisation.is_company:
        raise Refused(_("Only companies have a business licence."))
    examined = examine(upload)
    if examined.content_type not in TYPES:
        raise Refused(_("Upload the licence as a PDF or as a picture (PNG, JPG)."), field="file")
    refuse_infected(upload)
    with transaction.atomic():
        fresh = lock(organisation)
        for earlier in fresh.licences.standing():
            advance(earlier, "replace", by=by)
        licence = Licence(
            organisation=fresh,
            name=fresh.name,
            credit_code=fresh.credit_code,
            file_name=examined.name,
            content_type=examined.content_type,
            size=examined.size,
            sha256=examined.sha256,
            uploaded_by=by,
        )
        licence.file.save("", upload, save=False)
        licence.save()
        data = {"name": fresh.name, "credit_code": fresh.credit_code, "sha256": licence.sha256}
        record(licence, "upload", by=by, data=data, to_state=licence.state)
    return licence


@transaction.atomic
def verify_licence(licence: Licence, *, by) -> None:
    """Finds the company to be what its licence says.

    Raises `Refused` where the name or the code changed since the upload.
    """
    require(by, "verify_licence", licence)
    licence.organisation = lock(licence.organisation)
    if not licence.is_of_today:
        raise Refused(
            _("The name or the code changed after the upload. The company has to upload it again.")
        )
    data = {"name": licence.name, "credit_code": licence.credit_code}
    advance(licence, "verify", by=by, data=data, decided_by=by, decided_at=timezone.now())


@transaction.atomic
def refuse_licence(licence: Licence, *, by, reason: str) -> None:
    """Does not accept the licence; the reason goes to the company's owners."""
    require(by, "verify_licence", licence)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say what is wrong with the licence."), field="reason")
    words = {"decided_by": by, "decided_at": timezone.now(), "reason": reason}
    advance(licence, "refuse", by=by, data={"reason": reason}, **words)
