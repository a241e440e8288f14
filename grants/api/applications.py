"""Applications: applied for, screened, decided about."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.fields.json import KT
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from grants.api.application_shapes import (
    ApplicationFilters,
    ApplicationRow,
    ApplicationSerializer,
    Asking,
    Changes,
    Declaration,
    NewApplication,
    Proposal,
    Screening,
)
from grants.api.checks import CheckSerializer
from grants.api.decisions import DecisionSerializer, decisions
from grants.api.documents import AnswerFile, NewDocument
from grants.api.fields import MaybeReason, Nothing
from grants.api.things import REFERENCE, UUID, Listed, Shown, Things, verb
from grants.applications.models import Submission
from grants.applications.ranges import serve
from grants.applications.selectors import plan_key, questions_of
from grants.applications.services import (
    documents,
    drafts,
    merging,
    screening,
    signing,
    submitting,
    versions,
)
from grants.awards.models import Decision
from grants.awards.services import propose
from grants.core.errors import Refused
from grants.programs.models import QuestionKind
from grants.reviews.models import Review
from grants.reviews.selectors import name_for, readable_applications, readable_documents
from grants.screening.models import EligibilityCheck
from grants.screening.selectors import as_read_by, standing_checks
from grants.screening.services import deciding

OCTETS = "application/octet-stream"


def with_facts(applications):
    """Adds what was sent last, and what a proposal asks for, without a query for each row."""
    sent = Submission.objects.filter(application=OuterRef("pk")).order_by("-number")
    reviews = Review.objects.counting().filter(assignment__application=OuterRef("pk"))
    standing = Decision.objects.standing().filter(application=OuterRef("pk"))
    rows = applications.select_related("round__program__fund", "organisation", "form")
    return rows.prefetch_related("extensions").annotate(
        sent_title=Subquery(sent.values(text=KT("content__title"))[:1]),
        sent_amount=Subquery(sent.values(text=KT("content__requested_amount"))[:1]),
        is_reviewed=Exists(reviews),
        is_proposed=Exists(standing),
    )


@extend_schema_view(
    list=extend_schema(summary=_("List applications")),
    retrieve=extend_schema(summary=_("Show an application with its answers")),
)
class Applications(Listed, Shown, Things):
    serializer_class = ApplicationSerializer
    row_class = ApplicationRow
    filterset_class = ApplicationFilters
    queryset = ApplicationSerializer.Meta.model.objects.all()
    lookup_field = "reference"
    lookup_value_regex = REFERENCE

    def get_queryset(self):
        return with_facts(readable_applications(self.request.user))

    @extend_schema(
        summary=_("Begin an application"),
        description=_("Where the organisation has one in this round already, gives that one."),
        request=NewApplication,
        responses={201: ApplicationSerializer},
    )
    def create(self, request):
        application = drafts.start(by=request.user, **self.read(NewApplication))
        return self.show(application, status=201)

    @extend_schema(
        summary=_("Change answers, title or amount"),
        description=_(
            "Changes only what is named; an empty text clears an answer. Where one of them is"
            " wrong, nothing is changed. Say in was what you read: where somebody else has changed"
            " one of these since, nothing is changed either, and 409 names it."
        ),
        request=Changes,
        responses={200: ApplicationSerializer},
    )
    def partial_update(self, request, reference):
        application = self.get_object()
        changes = self.read(Changes, permission="edit_application", thing=application)
        _refuse_files(application, changes.get("answers", {}))
        was = changes.pop("was", None)
        if "milestones" in changes:
            changes = _with_plan(application, **changes)
        with transaction.atomic():
            if was:
                merging.refuse_changed(application, by=request.user, **was)
            wrong = drafts.save_answers(application, by=request.user, **changes)
            if wrong:
                message = gettext("Nothing was saved: some answers need a correction.")
                raise Refused(message, problems=wrong)
        return self.show(application)

    @verb(
        "submit",
        _("Submit an application, or submit it again"),
        Declaration,
        more=_("Who submits makes the declaration of the round."),
    )
    def submit(self, application, **body):
        submitting.submit(application, by=self.request.user, **body)

    @verb(
        "ask-signature",
        _("Ask the signatories to sign the answers as they are"),
        more=_("Signing is done on the page, with the password given again."),
    )
    def ask_signature(self, application):
        signing.ask_sign_off(application, by=self.request.user)

    @extend_schema(
        summary=_("Go on with the newest form of the round"),
        description=_(
            "Answers that fit go over; the others stay in `left_over`. An application on an old"
            " form cannot be submitted (409). Without a newer form nothing happens."
        ),
        request=None,
        responses={200: ApplicationSerializer},
    )
    @action(detail=True, methods=["post"], url_path="take-form")
    def take_form(self, request, reference):
        application = self.get_object()
        self.read(Nothing, permission="edit_application", thing=application)
        versions.take_newer_form(application, by=request.user)
        return self.show(application)

    @verb("withdraw", _("Withdraw an application"), MaybeReason)
    def withdraw(self, application, **body):
        drafts.withdraw(application, by=self.request.user, **body)

    @verb("return", _("Ask the applicant for more"), Asking)
    def return_for_information(self, application, **body):
        screening.return_for_information(application, by=self.request.user, **body)

    @verb("screen", _("Find an application eligible or not"), Screening)
    def screen(self, application, **body):
        deciding.screen(application, by=self.request.user, **body)

    @extend_schema(
        summary=_("List the checks of an application"),
        description=_("Of each rule of the round the check that stands."),
        responses={200: CheckSerializer(many=True)},
        filters=False,
    )
    @action(detail=True, methods=["get"], more_errors=(403,))
    def checks(self, request, reference):
        application = self.get_object()
        if not request.user.has_perm("grants.view_checks", application):
            raise PermissionDenied
        keys = standing_checks([application.pk]).values("pk")
        rows = EligibilityCheck.objects.filter(pk__in=keys).select_related("rule", "decided_by")
        page = as_read_by(request.user, self.paginate_queryset(rows))
        return self.get_paginated_response(CheckSerializer(page, many=True).data)

    @extend_schema(
        summary=_("Propose the decision"),
        description=_("Answers with the new decision; another person confirms it."),
        request=Proposal,
        responses={201: DecisionSerializer},
    )
    @action(detail=True, methods=["post"], url_path="propose-decision")
    def propose_decision(self, request, reference):
        application = self.get_object()
        given = self.read(Proposal, permission="propose_decision", thing=application)
        decision = propose(application, by=request.user, **given)
        fresh = decisions().get(pk=decision.pk)
        context = self.get_serializer_context()
        return Response(DecisionSerializer(fresh, context=context).data, status=201)

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


def _with_plan(application, *, milestones, answers=None, **changes) -> dict:
    """The plan as the answer that it is."""
    key = plan_key(application)
    if key is None:
        raise Refused(gettext("The form asks for no plan."), field="milestones")
    return {**changes, "answers": (answers or {}) | {key: milestones}}


def _refuse_files(application, answers) -> None:
    if not answers:
        return
    for question in questions_of(application):
        if question.kind == QuestionKind.FILE and question.key in answers:
            raise Refused(gettext("Files are uploaded under documents/."), field=question.key)
