"""Files of an application, as the API shows them."""

from rest_framework import serializers

from grants.api.fields import Body
from grants.applications.models import Document
from grants.reviews.selectors import name_for


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
