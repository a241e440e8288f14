"""Big files in pieces, by the core of the tus protocol 1.0 (https://tus.io/protocols)."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

from grants.api.fields import Body, ByReference
from grants.api.problems import respond
from grants.api.things import UUID, Listed, Shown, Things
from grants.applications.models import Application, Upload
from grants.applications.services import uploads

TUS = "1.0.0"
CONTENT_TYPE = "application/offset+octet-stream"
LONGEST_OFFSET = 18


class PieceParser(BaseParser):
    """Hands on the stream: a piece is never held in memory."""

    media_type = CONTENT_TYPE

    def parse(self, stream, media_type=None, parser_context=None):
        return stream


class NewUpload(Body):
    application = ByReference(
        slug_field="reference",
        queryset=Application.objects.select_related("round__program__fund", "organisation"),
    )
    question = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=500)
    size = serializers.IntegerField(min_value=0, max_value=2**53)
    stamp = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        help_text=_("What else tells this file from another one of its name and size."),
    )


class UploadSerializer(serializers.ModelSerializer):
    application = serializers.CharField(source="application.reference", read_only=True)
    question = serializers.CharField(source="question_key", read_only=True)

    class Meta:
        model = Upload
        fields = ["id", "application", "question", "name", "stamp", "size", "offset", "expires_at"]
        read_only_fields = fields


def headers_of(upload: Upload) -> dict[str, str]:
    return {
        "Tus-Resumable": TUS,
        "Upload-Offset": str(upload.offset),
        "Upload-Length": str(upload.size),
    }


@extend_schema_view(
    list=extend_schema(summary=_("List your unfinished uploads")),
    retrieve=extend_schema(
        summary=_("How far an upload is"),
        description=_("HEAD answers with the same headers: `Upload-Offset` is the next byte."),
    ),
)
class Uploads(Listed, Shown, Things):
    """One's own uploads that are not finished."""

    queryset = Upload.objects.select_related("application__round", "application__organisation")
    serializer_class = UploadSerializer
    lookup_value_regex = UUID
    newest_first = ("expires_at", "pk")

    def get_parsers(self):
        is_piece = getattr(self.request, "method", "") == "PATCH"
        return [PieceParser()] if is_piece else super().get_parsers()

    @extend_schema(
        summary=_("Begin to send a big file in pieces"),
        description=_("Its pieces go to uploads/{id}/. The same file again goes on where it was."),
        request=NewUpload,
        responses={201: UploadSerializer},
    )
    def create(self, request):
        body = self.read(NewUpload)
        application, key = body.pop("application"), body.pop("question")
        upload = uploads.begin_upload(application, by=request.user, question_key=key, **body)
        address = reverse("uploads-detail", args=[upload.pk])
        headers = {"Location": address, **headers_of(upload)}
        return Response(UploadSerializer(upload).data, status=201, headers=headers)

    def retrieve(self, request, *args, **kwargs):
        response = super().retrieve(request, *args, **kwargs)
        for name, value in headers_of(self.get_object()).items():
            response[name] = value
        return response

    @extend_schema(
        summary=_("Send the next piece of a file"),
        description=_(
            "The bytes behind `Upload-Offset`, at most 8 MiB of them are taken. What arrived before"
            " a connection broke is kept. The last piece makes the document: its id is in"
            " `Upload-Document`. 409 with `Upload-Offset` where the upload does not stand there."
        ),
        parameters=[
            OpenApiParameter("Upload-Offset", int, OpenApiParameter.HEADER, required=True),
        ],
        request={(CONTENT_TYPE): OpenApiTypes.BINARY},
        responses={204: None},
    )
    def partial_update(self, request, pk):
        upload = self.get_object()
        try:
            upload = uploads.append_part(
                upload, request.data, by=request.user, offset=_offset(request)
            )
        except uploads.OtherOffset as other:
            problem = respond(409, "refused", _("The upload stands at another byte."))
            problem["Upload-Offset"] = str(other.offset)
            return problem
        headers = headers_of(upload)
        if upload.offset == upload.size:
            document = uploads.finish_upload(upload, by=request.user)
            headers["Upload-Document"] = str(document.pk)
        return Response(status=204, headers=headers)

    @extend_schema(summary=_("Stop an upload"), request=None, responses={204: None})
    def destroy(self, request, pk):
        uploads.stop_upload(self.get_object(), by=request.user)
        return Response(status=204, headers={"Tus-Resumable": TUS})


def _offset(request) -> int:
    text = request.headers.get("Upload-Offset", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_OFFSET):
        raise ValidationError({"Upload-Offset": _("Say at which byte this piece begins.")})
    return int(text)
