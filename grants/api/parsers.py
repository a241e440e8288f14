"""JSON of a bounded size and depth."""

from django.conf import settings
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from grants.api.problems import TooLarge


class JSONParser(parsers.JSONParser):
    """Refuses what is larger than `DATA_UPLOAD_MAX_MEMORY_SIZE` before it is read."""

    def parse(self, stream, media_type=None, parser_context=None):
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0
        if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deeply") from None
