"""What was sent, on paper: the receipt, and the answers to read, also without whose they are."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

import qrcode
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applications.models import Application, Submission
from grants.applications.reading import in_plain_words
from grants.applications.selectors import questions_of
from grants.core.dates import in_words
from grants.core.numbers import read_number
from grants.programs.models import QuestionKind, Section
from grants.reports.papers.press import pdf

NOTHING = "—"


def receipt_pdf(submission: Submission) -> bytes:
    """The receipt of one submission; the same submission gives the same bytes."""
    application, content = submission.application, submission.content
    facts = [
        (_("Reference"), application.reference),
        (_("Round"), application.round.title),
        (_("Applicant"), _applicant(content)),
        (_("Title of the project"), content["title"]),
        (_("Asked for"), _money(content["requested_amount"])),
        (_("Received"), _moment(submission.at)),
        (_("Submission number"), str(submission.number)),
        *_signature(submission),
    ]
    address = verify_address(application.reference, submission.sha256)
    data = {
        "kind": str(settings.PORTAL_NAME),
        "title": _("Receipt"),
        "lead": _("We have received this application. Keep this receipt."),
        "facts": facts,
        "hash": {
            "name": _("SHA-256 of what was submitted"),
            "value": submission.sha256,
            "note": _("Scan this to verify the receipt."),
            "alt": _("QR code of the page that verifies this receipt"),
            "picture": qr_picture(address),
            "url": address,
        },
        "sections": sections_of(application, content),
        "foot": f"{application.reference} · {_moment(submission.at)}",
    }
    return pdf(data, at=submission.at)


def application_pdf(
    application: Application, content: dict, *, at: datetime, lead: str, names: dict | None
) -> bytes:
    """The answers to read. `names` gives, where it hides who applies, a file's name by its hash."""
    facts = [
        (_("Reference"), application.reference),
        (_("Round"), application.round.title),
        *([] if names is not None else [(_("Applicant"), _applicant(content))]),
        (_("Asked for"), _money(content["requested_amount"])),
    ]
    data = {
        "kind": str(settings.PORTAL_NAME),
        "title": content["title"] or application.reference,
        "lead": lead,
        "facts": facts,
        "hash": None,
        "sections": sections_of(application, content, names),
        "foot": application.reference,
    }
    return pdf(data, at=at)


def verify_address(reference: str, sha256: str) -> str:
    query = urlencode({"reference": reference, "sha256": sha256})
    return f"{settings.SITE_URL}/verify/?{query}"


def sections_of(application: Application, content: dict, names: dict | None = None) -> list[dict]:
    """The sections of the form with the answers and files that `content` has."""
    files: dict[str, list[dict]] = {}
    for row in content["files"]:
        name = row["name"] if names is None else names.get(row["sha256"], _("a file"))
        files.setdefault(row["question"], []).append(
            {"name": name, "more": f"SHA-256 {row['sha256']}"}
        )
    by_section: dict[Section, list[dict]] = {}
    for question in questions_of(application):
        words = in_plain_words(question, content["answers"].get(question.key))
        has = files.get(question.key, [])
        is_empty = not words.lines and not words.rows and not has
        if is_empty and question.key not in content["answers"] and _is_answered(question):
            continue  # a question that this applicant was not asked
        by_section.setdefault(question.section, []).append(
            item(
                question.label,
                lines=[NOTHING] if is_empty else words.lines,
                heads=words.heads if words.rows else [],
                rows=words.rows,
                files=has,
            )
        )
    return [
        {"title": section.title, "help": "", "items": items}
        for section, items in by_section.items()
    ]


def _is_answered(question) -> bool:
    return question.kind != QuestionKind.FILE


def item(label: str, **more) -> dict:
    """One question as the paper wants it."""
    empty = {"note": "", "lines": [], "heads": [], "rows": [], "files": [], "blank": ""}
    return {"label": label, **empty, **more}


def qr_picture(text: str) -> str:
    """A QR code as SVG: one square for each dark module."""
    code = qrcode.QRCode(border=2, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    matrix = code.get_matrix()
    return _svg(
        len(matrix), ((x, y) for y, row in enumerate(matrix) for x, on in enumerate(row) if on)
    )


def _svg(size: int, squares: Iterable[tuple[int, int]]) -> str:
    path = "".join(f"M{x} {y}h1v1h-1z" for x, y in squares)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"'
        f' shape-rendering="crispEdges"><path d="{path}" fill="#1c2330"/></svg>'
    )


def _applicant(content: dict) -> str:
    organisation = content["organisation"]
    return " · ".join(filter(None, (organisation["name"], organisation["credit_code"])))


def _money(text: str) -> str:
    try:
        return f"¥{read_number(text):,.2f}"
    except ValueError:
        return NOTHING


def _moment(at: datetime) -> str:
    """To the second, with the zone: two receipts of one minute must not look alike."""
    local = timezone.localtime(at)
    return f"{in_words(at, 'date')} {local:%H:%M:%S} (UTC+8)"


def _signature(submission: Submission) -> list[tuple[str, str]]:
    signed = (
        submission.application.sign_offs.filter(state="signed", sha256=submission.sha256)
        .order_by("pk")
        .first()
    )
    if signed is None or signed.signed_at is None:
        return []
    return [(_("Signed by"), f"{signed.signed_as} · {_moment(signed.signed_at)}")]
