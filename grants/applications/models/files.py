"""Files, and those that are on their way in pieces."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.applications import lifecycle
from grants.applications.lifecycle import DocumentState
from grants.applications.models.cases import Application
from grants.core.lifecycle import StateField, known_states
from grants.core.triggers import fixed, kept, only_moves

UPLOAD_LIVES = timedelta(hours=24)


def private_path(document: "Document", _name: str) -> str:
    """Where the bytes lie: by id, never by the name that the applicant gave."""
    return f"documents/{document.id.hex[:2]}/{document.id.hex}"


class Document(models.Model):
    """An uploaded file. `question_key` is empty for evidence of a milestone.

    Until it is `clean` its bytes leave the portal only for the virus scanner. `scan_at` is when the
    scanner is asked next: while one asks, the moment from which another may.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="documents")
    question_key = models.SlugField(max_length=40, blank=True)
    file = models.FileField(upload_to=private_path)
    name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    state = StateField(DocumentState)
    scan_at = models.DateTimeField(null=True, editable=False)
    scan_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("uploaded"), default=timezone.now)
    removed_at = models.DateTimeField(null=True, editable=False)

    lifecycle = lifecycle.DOCUMENT

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [
            models.Index(fields=["application", "question_key"], name="document_question"),
            models.Index(
                fields=["scan_at"],
                condition=Q(state=DocumentState.SCANNING),
                name="document_to_scan",
            ),
        ]
        constraints = [known_states(DocumentState, "document")]
        triggers = [
            *kept("document"),
            only_moves("document", lifecycle.DOCUMENT),
            fixed(
                "document",
                "application_id",
                "question_key",
                "file",
                "name",
                "content_type",
                "size",
                "sha256",
                "uploaded_by_id",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def case(self) -> str:
        return self.application.reference

    @property
    def is_clean(self) -> bool:
        return self.state == DocumentState.CLEAN

    @property
    def is_scanning(self) -> bool:
        return self.state == DocumentState.SCANNING

    @property
    def is_viewable(self) -> bool:
        """Whether a browser shows it and runs nothing of it."""
        return self.is_clean and self.content_type in VIEWABLE


VIEWABLE = ("application/pdf", "image/png", "image/jpeg")


def upload_expires():
    return timezone.now() + UPLOAD_LIVES


class UploadQuerySet(models.QuerySet):
    def visible_to(self, user) -> "UploadQuerySet":
        """Nobody but who began it, and only while it can be gone on with."""
        return self.filter(made_by=user, expires_at__gt=timezone.now())


class Upload(models.Model):
    """A file on its way in pieces. `parts` are `[name in the storage, bytes]`, in their order.

    `stamp` is what the browser knows of the file beside its name and size, so that after a reload
    the same file, and no other, is gone on with.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="uploads")
    question_key = models.SlugField(max_length=40)
    name = models.CharField(max_length=150)
    stamp = models.CharField(max_length=40, blank=True)
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    parts = models.JSONField(default=list)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    expires_at = models.DateTimeField(default=upload_expires, db_index=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gt=0, offset__lte=F("size")), name="upload_within_its_size"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def percent(self) -> int:
        return int(100 * self.offset / self.size)
