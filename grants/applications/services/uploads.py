"""A big file in pieces: begun, gone on with after any interruption, and made a document."""

import secrets
import tempfile
from collections.abc import Iterable
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.accounts.models import User
from grants.applications.files import MIB, clean_name, refuse_too_many, refuse_unless_taken
from grants.applications.models import Application, Document, Upload, upload_expires
from grants.applications.selectors import files_of
from grants.applications.services.documents import add_document, file_question
from grants.applications.services.editing import refuse_unless_editable
from grants.core.errors import Refused
from grants.core.policy import require

LARGEST_PART = 8 * MIB
MOST_PARTS = 2000
MOST_OPEN = 10
MOST_BYTES = 1024 * MIB
IN_MEMORY = 2 * MIB


class OtherOffset(Exception):
    """The piece does not begin where the last one ended; `offset` is where that is."""

    def __init__(self, offset: int):
        super().__init__(offset)
        self.offset = offset


def begin_upload(
    application: Application, *, by, question_key: str, name: str, size: int, stamp: str = ""
) -> Upload:
    """Makes room for a file of `size` bytes that comes in pieces within a day.

    The same person's unfinished upload of the same file is gone on with. Raises `Refused` for what
    would not be taken as a document either, and where too much is on its way already.
    """
    require(by, "edit_application", application)
    refuse_unless_editable(application)
    question = file_question(application, question_key)
    name = clean_name(name)
    refuse_unless_taken(name, size, question)
    refuse_too_many(len(files_of(application).get(question_key, [])) + 1)
    same = {
        "application": application,
        "question_key": question_key,
        "name": name,
        "size": size,
        "stamp": stamp[:40],
    }
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        mine = Upload.objects.visible_to(by)
        if found := mine.filter(**same).first():
            return found
        taken = mine.aggregate(bytes=Sum("size"))["bytes"] or 0
        if mine.count() >= MOST_OPEN or taken + size > MOST_BYTES:
            raise Refused(
                _("Too many files of yours are on their way. Finish or stop one of them first."),
                field="file",
            )
        return Upload.objects.create(**same, made_by=by)


def append_part(upload: Upload, content: IO[bytes], *, by, offset: int) -> Upload:
    """Adds what `content` holds behind `offset`, also where it breaks off early.

    Raises `OtherOffset` where the upload does not stand there.
    """
    require(by, "edit_application", upload.application)
    refuse_unless_editable(upload.application)
    if upload.offset != offset:
        raise OtherOffset(upload.offset)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as piece:
        size = _take(content, piece, most=min(LARGEST_PART, upload.size - offset))
        if not size:
            return upload
        piece.seek(0)
        name = default_storage.save(
            f"uploads/{upload.pk.hex}/{offset:012d}-{secrets.token_hex(4)}", File(piece)
        )
    try:
        return _add_part(upload, name, size, offset)
    except BaseException:
        default_storage.delete(name)
        raise


def _take(content: IO[bytes], piece: IO[bytes], *, most: int) -> int:
    """Copies until the sender has no more, breaks off, or sent as much as may come."""
    size = 0
    while size < most:
        try:
            some = content.read(min(64 * 1024, most - size))
        except OSError:
            break
        if not some:
            break
        piece.write(some)
        size += len(some)
    return size


@transaction.atomic
def _add_part(upload: Upload, name: str, size: int, offset: int) -> Upload:
    fresh = Upload.objects.select_for_update().select_related("application").get(pk=upload.pk)
    if fresh.offset != offset:
        raise OtherOffset(fresh.offset)
    if len(fresh.parts) >= MOST_PARTS:
        raise Refused(_("This file came in too many pieces. Begin again."), field="file")
    fresh.parts = [*fresh.parts, [name, size]]
    fresh.offset = offset + size
    fresh.expires_at = upload_expires()
    fresh.save(update_fields=["parts", "offset", "expires_at"])
    return fresh


def finish_upload(upload: Upload, *, by) -> Document:
    """Makes the pieces one document. An upload that is refused is thrown away.

    Two who finish at once: one makes the document, the other is refused.
    """
    if upload.offset != upload.size:
        raise OtherOffset(upload.offset)
    with tempfile.TemporaryFile() as whole:
        for name, _size in upload.parts:
            try:
                with default_storage.open(name) as part:
                    for some in part.chunks():
                        whole.write(some)
            except FileNotFoundError:
                raise Refused(_("Somebody finished this upload a moment ago.")) from None
        whole.seek(0)
        with transaction.atomic():
            claimed, _rows = Upload.objects.filter(pk=upload.pk).delete()
        if not claimed:
            raise Refused(_("Somebody finished this upload a moment ago."))
        try:
            return add_document(
                upload.application,
                File(whole, name=upload.name),
                by=by,
                question_key=upload.question_key,
            )
        finally:
            _throw_away(upload.parts)


def stop_upload(upload: Upload, *, by) -> None:
    """Throws an unfinished upload away."""
    require(by, "edit_application", upload.application)
    Upload.objects.filter(pk=upload.pk).delete()
    _throw_away(upload.parts)


def tidy_uploads() -> int:
    """Throws away what nobody went on with for a day; returns how many there were."""
    old = list(Upload.objects.filter(expires_at__lte=timezone.now())[:1000])
    for upload in old:
        gone, _rows = Upload.objects.filter(pk=upload.pk, expires_at__lte=timezone.now()).delete()
        if gone:
            _throw_away(upload.parts)
    return len(old)


def _throw_away(parts: Iterable) -> None:
    for name, _size in parts:
        default_storage.delete(name)


def unfinished(application: Application, user) -> dict[str, list[Upload]]:
    """The person's own uploads that can be gone on with, by question key."""
    found: dict[str, list[Upload]] = {}
    for upload in Upload.objects.visible_to(user).filter(application=application).order_by("pk"):
        found.setdefault(upload.question_key, []).append(upload)
    return found
