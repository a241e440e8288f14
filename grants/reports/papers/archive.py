"""One application as a zip: the answers to read, and the files, streamed as it is packed."""

import zipfile
from collections.abc import Iterator
from pathlib import PurePath

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import Application, Document
from grants.applications.services.submitting import content_of
from grants.core.dates import in_words
from grants.core.digest import canonical
from grants.reports.papers.application import application_pdf, receipt_pdf
from grants.reviews.selectors import name_for, readable_documents

PIECE = 64 * 1024


class _Outlet:
    """What `zipfile` writes to: it cannot seek, and hands on what came in."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, some: bytes, /) -> int:
        self.waiting.append(bytes(some))
        return len(some)

    def flush(self) -> None:
        return

    def close(self) -> None:
        return

    def take(self) -> bytes:
        taken, self.waiting = b"".join(self.waiting), []
        return taken


def archive_of(application: Application, user) -> Iterator[bytes]:
    """The zip for this person, piece by piece.

    Holds the last submission; its members have their draft before there is one. Who may not know
    the applicant gets no receipt, no frozen text and no name of a file. Files in quarantine are
    left out, and the archive says so.
    """
    papers, files = _papers(application, user), _files(application, user)
    return _pack(papers, files, timezone.localtime(_moment_of(application)).timetuple()[:6])


def _moment_of(application: Application):
    last = application.latest
    return last.at if last else application.saved_at


def _papers(application: Application, user) -> list[tuple[str, bytes]]:
    last = application.latest
    content = last.content if last else content_of(application)
    names = None
    if not user.has_perm("grants.know_applicant", application):
        documents = application.documents.exclude(question_key="")
        names = {document.sha256: name_for(document, user) for document in documents}
    if last:
        lead = _("Received on %(when)s") % {"when": in_words(last.at)}
    else:
        lead = _("A draft. It was not submitted.")
    at = _moment_of(application)
    papers = [("answers.pdf", application_pdf(application, content, at=at, lead=lead, names=names))]
    if last and names is None:
        papers.append(("receipt.pdf", receipt_pdf(last)))
        papers.append(("submission.json", canonical(last.content).encode()))
    return papers


def _files(application: Application, user) -> list[tuple[str, Document]]:
    """The files of the last submission, or of the draft, that the person may read."""
    documents = readable_documents(user).filter(application=application).exclude(question_key="")
    documents = documents.select_related("application__round", "application__organisation")
    if last := application.latest:
        sent = {(row["question"], row["sha256"]) for row in last.content["files"]}
        chosen = [one for one in documents if (one.question_key, one.sha256) in sent]
    else:
        chosen = [one for one in documents if one.removed_at is None]
    chosen.sort(key=lambda one: (one.question_key, one.at, str(one.pk)))
    once = {(one.question_key, one.sha256): one for one in chosen}
    return [
        (f"files/{one.question_key}/{number:02d}-{safe_name(name_for(one, user))}", one)
        for number, one in enumerate(once.values(), start=1)
    ]


def safe_name(name: str) -> str:
    """A name that no program takes for a folder, a drive or a device."""
    kept = "".join("_" if sign in '<>:"/\\|?*' else sign for sign in PurePath(name).name)
    return kept.strip(". ") or "file"


def _pack(papers, files, moment) -> Iterator[bytes]:
    outlet = _Outlet()
    left_out = []
    with zipfile.ZipFile(outlet, "w") as archive:
        for name, content in papers:
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
            yield outlet.take()
        for name, document in files:
            if not document.is_clean or not default_storage.exists(document.file.name):
                left_out.append(name)
                continue
            entry = zipfile.ZipInfo(name, moment)
            entry.file_size = document.size
            with (
                archive.open(entry, "w") as target,
                default_storage.open(document.file.name) as source,
            ):
                while piece := source.read(PIECE):
                    target.write(piece)
                    yield outlet.take()
        if left_out:
            words = _("These files are left out: they are not checked for viruses, or refused.")
            archive.writestr("LEFT-OUT.txt", "\n".join([words, *left_out]))
    yield outlet.take()
