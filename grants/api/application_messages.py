"""What applicant and fund write to each other about an application."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from grants.api.fields import Body, Nothing
from grants.messages.models import Conversation, Message
from grants.messages.services.writing import LONGEST, settle, write_message


class MessageSerializer(serializers.ModelSerializer):
    author = serializers.CharField(
        source="author.name", read_only=True, help_text=_("The name of who wrote it.")
    )

    class Meta:
        model = Message
        fields = ["id", "author", "is_from_fund", "text", "via", "attachments", "at"]
        read_only_fields = fields
        extra_kwargs = {"attachments": {"help_text": _("Names of files that were not taken.")}}


class NewMessage(Body):
    text = serializers.CharField(max_length=LONGEST)


class Messages:
    """The conversation of an application. Who must not read it finds nothing in it."""

    @extend_schema(
        summary=_("List the messages of an application"),
        responses={200: MessageSerializer(many=True)},
        filters=False,
    )
    @action(detail=True, methods=["get"])
    def messages(self, request, reference):
        seen = Conversation.objects.visible_to(request.user)
        rows = Message.objects.filter(
            conversation__application=self.get_object(), conversation__in=seen
        )
        page = self.paginate_queryset(rows.select_related("author"))
        return self.get_paginated_response(MessageSerializer(page, many=True).data)

    @extend_schema(
        summary=_("Write a message"),
        description=_("For the applicant, or by an officer for the fund. The others get a mail."),
        request=NewMessage,
        responses={201: MessageSerializer},
    )
    @messages.mapping.post
    def write(self, request, reference):
        application = self.get_object()
        body = self.read(NewMessage, permission="write_message", thing=application)
        message = write_message(application, by=request.user, **body)
        return Response(MessageSerializer(message).data, status=201)

    @extend_schema(
        summary=_("Say that the last message needs no answer"),
        request=None,
        responses={204: None},
    )
    @action(detail=True, methods=["post"], url_path="settle-messages")
    def settle_messages(self, request, reference):
        application = self.get_object()
        self.read(Nothing, permission="answer_applicant", thing=application)
        if not request.user.has_perm("grants.answer_applicant", application):
            raise PermissionDenied
        conversation = Conversation.objects.filter(application=application).first()
        if conversation is None:
            raise Http404
        settle(conversation, by=request.user)
        return Response(status=204)
