"""Who acts for an organisation, who is invited to, and who asks to."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import ChoiceFilter, FilterSet, NumberFilter
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from grants.accounts.lifecycle import InvitationState, JoinRequestState
from grants.accounts.models import Invitation, JoinRequest, MemberRole, Membership, Organisation
from grants.accounts.services import change_role, hand_over, invitations, joining, remove_member
from grants.api.fields import Body, ById, OrganisationName, Verb, Verbs
from grants.api.things import NUMBER, Listed, Shown, Things, verb
from grants.applications.selectors import organisations_at_desk

LARGEST_ID = 2**63 - 1


class OfOrganisation(FilterSet):
    organisation = NumberFilter(field_name="organisation_id", min_value=1, max_value=LARGEST_ID)


class NewRole(Body):
    role = serializers.ChoiceField(MemberRole.choices)


class MemberSerializer(serializers.ModelSerializer):
    organisation = OrganisationName(read_only=True)
    name = serializers.CharField(source="user.name", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)
    verbs = Verbs(
        (
            Verb("change-role", "change_member"),
            Verb("hand-over", "change_member"),
            Verb("remove", "remove_member"),
        )
    )

    class Meta:
        model = Membership
        fields = ["id", "organisation", "name", "email", "role", "joined_at", "verbs"]
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary=_("List members of organisations")),
    retrieve=extend_schema(summary=_("Show a member")),
)
class Members(Listed, Shown, Things):
    queryset = Membership.objects.select_related("organisation", "user")
    serializer_class = MemberSerializer
    filterset_class = OfOrganisation
    lookup_value_regex = NUMBER

    def get_queryset(self):
        seen = organisations_at_desk(self.request.user)
        return self.queryset.filter(organisation__in=seen)

    @verb("change-role", _("Give a member another role"), NewRole)
    def change_role(self, membership, **body):
        change_role(membership, by=self.request.user, **body)

    @verb(
        "hand-over",
        _("Make a member the owner in your place"),
        more=_("You become an editor."),
    )
    def hand_over(self, membership):
        hand_over(membership, by=self.request.user)

    @verb(
        "remove",
        _("Remove a member, or leave"),
        more=_("The last owner cannot leave."),
        is_last_sight=True,
    )
    def remove(self, membership):
        remove_member(membership, by=self.request.user)


class InvitationSerializer(serializers.ModelSerializer):
    organisation = OrganisationName(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True)
    verbs = Verbs(
        (
            Verb("resend", "manage_invitation", ("withdraw",)),
            Verb("withdraw", "manage_invitation", ("withdraw",)),
        )
    )

    class Meta:
        model = Invitation
        fields = ["id", "organisation", "email", "role", "state", "sent_at", "expires_at", "verbs"]
        read_only_fields = fields


class NewInvitation(NewRole):
    organisation = ById(queryset=Organisation.objects.all())
    email = serializers.EmailField(max_length=254)


class Token(Body):
    token = serializers.CharField(max_length=100, help_text=_("Of the link in the mail."))


class InvitationFilters(OfOrganisation):
    state = ChoiceFilter(choices=InvitationState.choices)


@extend_schema_view(
    list=extend_schema(summary=_("List invitations")),
    retrieve=extend_schema(summary=_("Show an invitation")),
)
class Invitations(Listed, Shown, Things):
    queryset = Invitation.objects.select_related("organisation")
    serializer_class = InvitationSerializer
    filterset_class = InvitationFilters
    lookup_value_regex = NUMBER

    @extend_schema(
        summary=_("Invite an address"),
        description=_("A mail with a link goes out; it works for a week."),
        request=NewInvitation,
        responses={201: InvitationSerializer},
    )
    def create(self, request):
        made = invitations.invite(by=request.user, **self.read(NewInvitation))
        return self.show(made, status=201)

    @verb("resend", _("Send an invitation again"), more=_("The link before no longer works."))
    def resend(self, invitation):
        invitations.resend_invitation(invitation, by=self.request.user)

    @verb("withdraw", _("Withdraw an invitation"))
    def withdraw(self, invitation):
        invitations.withdraw_invitation(invitation, by=self.request.user)

    @extend_schema(
        summary=_("Accept an invitation"),
        description=_("Only who has the address that was invited; answers with the membership."),
        request=Token,
        responses={201: MemberSerializer},
    )
    @action(detail=False, methods=["post"], more_errors=(404,))
    def accept(self, request):
        membership = invitations.accept_invitation(self._named(), by=request.user)
        fresh = Members.queryset.get(pk=membership.pk)
        return Response(MemberSerializer(fresh, context=self.get_serializer_context()).data, 201)

    @extend_schema(summary=_("Decline an invitation"), request=Token, responses={204: None})
    @action(detail=False, methods=["post"], more_errors=(404,))
    def decline(self, request):
        invitations.decline_invitation(self._named(), by=request.user)
        return Response(status=204)

    def _named(self) -> Invitation:
        found = invitations.invitation_of(self.read(Token)["token"])
        if found is None:
            raise Http404
        return found


class JoinRequestSerializer(serializers.ModelSerializer):
    organisation = OrganisationName(read_only=True)
    name = serializers.CharField(source="user.name", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)
    verbs = Verbs(
        (
            Verb("accept", "answer_join_request", ("accept",)),
            Verb("decline", "answer_join_request", ("decline",)),
            Verb("withdraw", "withdraw_join_request", ("withdraw",)),
        )
    )

    class Meta:
        model = JoinRequest
        fields = ["id", "organisation", "name", "email", "note", "state", "asked_at", "verbs"]
        read_only_fields = fields


class NewJoinRequest(Body):
    credit_code = serializers.CharField(max_length=40)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class JoinRequestFilters(OfOrganisation):
    state = ChoiceFilter(choices=JoinRequestState.choices)


@extend_schema_view(
    list=extend_schema(summary=_("List requests to join")),
    retrieve=extend_schema(summary=_("Show a request to join")),
)
class JoinRequests(Listed, Shown, Things):
    queryset = JoinRequest.objects.select_related("organisation", "user")
    serializer_class = JoinRequestSerializer
    filterset_class = JoinRequestFilters
    lookup_value_regex = NUMBER

    @extend_schema(
        summary=_("Ask to join a company"),
        description=_("Its owners answer. The same again gives the request that is open."),
        request=NewJoinRequest,
        responses={201: JoinRequestSerializer},
    )
    def create(self, request):
        asked = joining.ask_to_join(by=request.user, **self.read(NewJoinRequest))
        return self.show(asked, status=201)

    @verb("accept", _("Let a person in"), NewRole)
    def accept(self, join_request, **body):
        joining.accept_request(join_request, by=self.request.user, **body)

    @verb("decline", _("Decline a request to join"))
    def decline(self, join_request):
        joining.decline_request(join_request, by=self.request.user)

    @verb("withdraw", _("Take the own request back"))
    def withdraw(self, join_request):
        joining.withdraw_request(join_request, by=self.request.user)
