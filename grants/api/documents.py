"""Files of an application, as the API shows them."""

from rest_framework import serializers

from grants.api.fields import Body
from grants.applications.models import Document


class DocumentSerializer(serializers.ModelSerializer):
    question = serializers.CharField(source="question_key", read_only=True)

    class Meta:
        model = Document
        fields = ["id", "question", "name", "content_type", "size", "sha256", "at", "removed_at"]
        read_only_fields = fields


class NewDocument(Body):
    question = serializers.CharField(max_length=40)
    file = serializers.FileField()
