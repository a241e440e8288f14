"""Files of an application, as the API shows them."""

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from grants.api.fields import Body
from grants.api.things import UUID
from grants.applications.models import Document
from grants.applications.ranges import serve
from grants.applications.services import documents
from grants.reviews.selectors import name_for, readable_documents

OCTETS = "application/octet-stream"


class DocumentSerializer(serializers.ModelSerializer):
    question = serializers.CharField(source="question_key", read_only=True)

    class Meta:
        model = Document
        fields = [
            "id",
            "question",
            "name",
            "content_type",
            "size",
            "sha256",
            "state",
            "at",
            "removed_at",
        ]
        read_only_fields = fields


class AnswerFile(DocumentSerializer):
    """As a reviewer of a blind round may see it, too."""

    name = serializers.SerializerMethodField()

    def get_name(self, document) -> str:
        return name_for(document, self.context["request"].user)


class NewDocument(Body):
    question = serializers.CharField(max_length=40)
    file = serializers.FileField()


class Files:
    """The files of an application."""

    @extend_schema(
        summary=_("List the files of an application"),
        responses={200: AnswerFile(many=True)},
        filters=False,
    )
    @action(detail=True, methods=["get"], parser_classes=[MultiPartParser])
    def documents(self, request, reference):
        rows = readable_documents(request.user).filter(application=self.get_object())
        rows = rows.select_related("application__round", "application__organisation")
        self.newest_first = ("at", "pk")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(
            AnswerFile(page, many=True, context=self.get_serializer_context()).data
        )

    @extend_schema(
        summary=_("Add a file as an answer"),
        description=_("202 where a virus scanner has to look at it before it can be submitted."),
        request={"multipart/form-data": NewDocument},
        responses={201: AnswerFile, 202: AnswerFile},
    )
    @documents.mapping.post
    def add_document(self, request, reference):
        application = self.get_object()
        body = self.read(NewDocument, permission="edit_application", thing=application)
        document = documents.add_document(
            application, body["file"], by=request.user, question_key=body["question"]
        )
        data = AnswerFile(document, context=self.get_serializer_context()).data
        return Response(data, status=201 if document.is_clean else 202)

    @extend_schema(
        summary=_("Read a file"),
        description=_("Whole or, with `Range`, in part. 409 while it is not known to be clean."),
        parameters=[OpenApiParameter("Range", str, OpenApiParameter.HEADER)],
        responses={
            (200, OCTETS): OpenApiTypes.BINARY,
            (206, OCTETS): OpenApiTypes.BINARY,
            (416, OCTETS): OpenApiTypes.BINARY,
        },
    )
    @action(
        detail=True,
        methods=["get"],
        url_path=f"documents/(?P<document>{UUID})/file",
        more_errors=(409,),
    )
    def document_file(self, request, reference, document):
        rows = readable_documents(request.user).filter(application=self.get_object())
        rows = rows.select_related("application__round", "application__organisation")
        found = get_object_or_404(rows, pk=document)
        name = name_for(found, request.user)
        try:
            served = serve(found, request.headers, name=name, kind=OCTETS)
        except FileNotFoundError:
            raise Http404 from None
        return StreamingHttpResponse(served.pieces, status=served.status, headers=served.headers)
