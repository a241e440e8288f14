"""Files in pieces: gone on with after anything, bounded, nobody else's, and taken as any other."""

import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.utils import timezone

from grants.applications.models import Document, Upload
from grants.applications.services import uploads
from grants.applications.services.uploads import (
    OtherOffset,
    append_part,
    begin_upload,
    finish_upload,
    stop_upload,
    tidy_uploads,
)
from grants.core.errors import Refused
from tests import cast
from tests.together import together

pytestmark = pytest.mark.django_db
MIB = 1024 * 1024
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\n" + b"x" * 1000 + b"\n%%EOF"


@pytest.fixture
def draft():
    return cast.draft()


def begun(application, content: bytes = PDF, name: str = "计划.pdf", **more) -> Upload:
    return begin_upload(
        application,
        by=cast.person(),
        question_key="proposal",
        name=name,
        size=len(content),
        **more,
    )


def piece(upload: Upload, content: bytes, offset: int) -> Upload:
    return append_part(upload, io.BytesIO(content), by=cast.person(), offset=offset)


def whole(upload: Upload, content: bytes = PDF) -> Upload:
    return piece(upload, content, 0)


def parts_kept() -> list[str]:
    names = [name for upload in Upload.objects.all() for name, _size in upload.parts]
    return [name for name in names if default_storage.exists(name)]


def test_pieces_become_one_document(draft):
    upload = begun(draft)
    for start in range(0, len(PDF), 300):
        upload = piece(upload, PDF[start : start + 300], start)

    document = finish_upload(upload, by=cast.person())

    assert (document.name, document.size, document.file.read()) == ("计划.pdf", len(PDF), PDF)
    assert (draft.documents.get(), Upload.objects.count()) == (document, 0)
    assert [default_storage.exists(name) for name, _size in upload.parts] == [False] * 4


def test_same_file_is_gone_on_with_and_another_one_is_not(draft):
    first = piece(begun(draft, stamp="1"), PDF[:100], 0)

    same, other = begun(draft, stamp="1"), begun(draft, stamp="2")

    assert (same.pk, same.offset) == (first.pk, 100)
    assert (other.pk == first.pk, other.offset) == (False, 0)


class Broken(io.BytesIO):
    """A connection that breaks after what it holds."""

    def read(self, size=-1):
        if some := super().read(size):
            return some
        raise ConnectionResetError


def test_what_came_before_the_connection_broke_is_kept(draft):
    upload = append_part(begun(draft), Broken(PDF[:77]), by=cast.person(), offset=0)

    assert upload.offset == 77
    upload = piece(upload, PDF[77:], 77)
    assert finish_upload(upload, by=cast.person()).size == len(PDF)


def test_piece_at_another_place_changes_nothing(draft):
    upload = piece(begun(draft), PDF[:100], 0)

    for offset in (0, 99, 101):
        with pytest.raises(OtherOffset) as other:
            piece(upload, PDF[offset:], offset)
        assert other.value.offset == 100

    assert (Upload.objects.get().offset, len(parts_kept())) == (100, 1)


def test_more_than_was_announced_is_cut_off(draft):
    upload = piece(begun(draft), PDF + b"more", 0)

    assert upload.offset == len(PDF)
    assert finish_upload(upload, by=cast.person()).size == len(PDF)


def test_part_is_at_most_eight_mebibytes(draft, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_PART", 100)

    assert piece(begun(draft), PDF, 0).offset == 100


@pytest.mark.parametrize(
    ("name", "size", "key"),
    [
        ("a.exe", 100, "proposal"),
        ("a.pdf", 0, "proposal"),
        ("a.pdf", 21 * MIB, "proposal"),
        ("a.pdf", 100, "team"),
        ("a.pdf", 100, "nothing"),
        ("../", 100, "proposal"),
    ],
)
def test_what_no_document_could_be_is_not_begun(draft, name, size, key):
    with pytest.raises(Refused):
        begin_upload(draft, by=cast.person(), question_key=key, name=name, size=size)

    assert Upload.objects.count() == 0


def test_page_that_is_named_pdf_is_refused_at_the_end_and_thrown_away(draft):
    content = b"<html><script>alert(1)</script></html>"
    upload = whole(begun(draft, content), content)

    with pytest.raises(Refused):
        finish_upload(upload, by=cast.person())

    assert (Document.objects.count(), Upload.objects.count()) == (0, 0)
    assert [default_storage.exists(name) for name, _size in upload.parts] == [False]


def test_person_has_ten_uploads_and_a_gibibyte_on_the_way(draft, settings):
    for number in range(10):
        begun(draft, stamp=str(number))
    with pytest.raises(Refused):
        begun(draft, stamp="more")
    Upload.objects.all().delete()
    settings.DOCUMENT_MAX_BYTES = 1024 * MIB
    draft.form.sections.get(position=2).questions.filter(key="proposal").update(file_megabytes=1024)

    def begin(stamp: str, size: int) -> Upload:
        return begin_upload(
            draft, by=cast.person(), question_key="proposal", name="a.pdf", size=size, stamp=stamp
        )

    begin("big", 1000 * MIB)
    with pytest.raises(Refused):
        begin("bigger", 25 * MIB)
    assert Upload.objects.count() == 1


def test_upload_that_nobody_goes_on_with_is_thrown_away(draft):
    old, young = whole(begun(draft, stamp="1")), whole(begun(draft, stamp="2"))
    Upload.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert list(Upload.objects.visible_to(cast.person())) == [young]
    assert (tidy_uploads(), Upload.objects.get()) == (1, young)
    assert not default_storage.exists(old.parts[0][0])
    assert default_storage.exists(young.parts[0][0])


def test_stopped_upload_leaves_nothing(draft):
    upload = piece(begun(draft), PDF[:100], 0)

    stop_upload(upload, by=cast.person())

    assert (Upload.objects.count(), default_storage.exists(upload.parts[0][0])) == (0, False)


@pytest.mark.parametrize("handle", ["viewer", "stranger", "officer", "superuser"])
def test_upload_of_who_may_not_write_is_refused(draft, handle):
    upload = piece(begun(draft), PDF[:100], 0)
    by = cast.person(handle)

    for deed in (
        lambda: begin_upload(draft, by=by, question_key="proposal", name="a.pdf", size=10),
        lambda: append_part(upload, io.BytesIO(PDF[100:]), by=by, offset=100),
        lambda: stop_upload(upload, by=by),
    ):
        with pytest.raises(PermissionDenied):
            deed()

    assert (Upload.objects.get().offset, list(Upload.objects.visible_to(by))) == (100, [])


def test_piece_after_the_close_is_refused(draft):
    upload = begun(draft)
    cast.programs.close_round(draft.round, by=cast.person("officer"))
    upload = Upload.objects.select_related("application__round").get(pk=upload.pk)

    with pytest.raises(Refused):
        whole(upload)

    assert Upload.objects.get().offset == 0


@pytest.mark.django_db(transaction=True)
def test_piece_that_is_sent_four_times_at_once_is_kept_once():
    upload = begun(cast.draft())

    answers = together(*[lambda: piece(upload, PDF[:100], 0)] * 4)

    others = [answer for answer in answers if isinstance(answer, OtherOffset)]
    assert (len(others), Upload.objects.get().offset, len(parts_kept())) == (3, 100, 1)


@pytest.mark.django_db(transaction=True)
def test_upload_that_is_finished_three_times_at_once_is_one_document():
    upload, by = whole(begun(cast.draft())), cast.person()

    answers = together(*[lambda: finish_upload(upload, by=by)] * 3)

    assert sum(isinstance(answer, Document) for answer in answers) == Document.objects.count() == 1
    assert sum(isinstance(answer, Refused) for answer in answers) == 2
