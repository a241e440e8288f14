"""The shapes that bodies and answers are made of."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from grants.accounts.models import Organisation


class Body(serializers.Serializer):
    """What a request may contain. Any other field is refused by its name."""

    def to_internal_value(self, data):
        values = super().to_internal_value(data)
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            message = serializers.ErrorDetail(str(_("There is no such field.")), code="unknown")
            raise serializers.ValidationError({name: [message] for name in unknown})
        return values


class Nothing(Body):
    """No content at all."""


class Reason(Body):
    reason = serializers.CharField(max_length=2000, help_text=_("Why, in a sentence."))


class MaybeReason(Body):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class Amount(serializers.DecimalField):
    """Money as a text with two decimals. A float is refused: it could already be another amount."""

    default_error_messages = {
        "text": _("Write an amount as a text with two decimals, such as “120000.00”.")
    }

    def __init__(self, **kwargs):
        super().__init__(max_digits=18, decimal_places=2, **kwargs)

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("text")
        if not PLAIN.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(OpenApiTypes.STR)
class ByReference(serializers.SlugRelatedField):
    """Names a thing by its reference; what the caller cannot see does not exist."""

    default_error_messages = {"does_not_exist": _("There is no “{value}” that you may see.")}

    def get_queryset(self):
        return self.queryset.all().visible_to(self.context["request"].user)

    def to_internal_value(self, data):
        if not isinstance(data, str) or not data.isprintable():
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(OpenApiTypes.INT)
class ById(serializers.PrimaryKeyRelatedField):
    """Names a thing by its id; what the caller cannot see does not exist."""

    default_error_messages = {"does_not_exist": _("There is no “{pk_value}” that you may see.")}

    def get_queryset(self):
        return self.queryset.all().visible_to(self.context["request"].user)


class OrganisationName(serializers.ModelSerializer):
    class Meta:
        model = Organisation
        fields = ["id", "name"]
        read_only_fields = fields


def always(_thing: Any) -> bool:
    return True


@dataclass(frozen=True)
class Verb:
    """Offered where one of `moves` leads out of the state, `when` holds and the policy agrees.

    Without moves it is possible in every state.
    """

    name: str
    permission: str
    moves: tuple[str, ...] = ()
    when: Callable[[Any], bool] = always

    def is_open(self, thing, user) -> bool:
        moves = self.moves
        return (
            (not moves or any(thing.lifecycle.allows(thing.state, move) for move in moves))
            and self.when(thing)
            and user.has_perm(f"grants.{self.permission}", thing)
        )


class Verbs(serializers.Field):
    """What this caller may do with the thing now."""

    def __init__(self, table: Iterable[Verb], **kwargs):
        self.table = tuple(table)
        kwargs.setdefault("help_text", _("What you may do with it now."))
        super().__init__(read_only=True, source="*", **kwargs)

    def to_representation(self, thing) -> list[str]:
        user = self.context["request"].user
        return [verb.name for verb in self.table if verb.is_open(thing, user)]
