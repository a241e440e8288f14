"""The public pages and the applicant's."""

from django.urls import path

from grants.web import (
    answers,
    application,
    apply,
    award,
    documents,
    incoming,
    joining,
    licences,
    members,
    messages,
    new_form,
    notice,
    organisation,
    preview,
    public,
    receipts,
    saving,
    signing,
    submitting,
)

CASE = "applications/<slug:reference>/"
ORGANISATION = "organisation/<int:pk>/"

urlpatterns = [
    path("", public.home, name="home"),
    path("rounds/<slug:slug>/", public.round_detail, name="round-detail"),
    path("rounds/<slug:slug>/form.pdf", receipts.round_form_pdf, name="round-form-pdf"),
    path("verify/", receipts.verify, name="verify"),
    path("rounds/<slug:slug>/form/preview/", preview.form_preview, name="form-preview"),
    path("awards/", public.award_register, name="award-register"),
    path("alipay/notify/", notice.alipay_notice, name="alipay-notice"),
    path("mail/in/", incoming.mail_in, name="mail-in"),
    path("apply/<slug:slug>/", apply.apply, name="apply"),
    path("organisation/", organisation.organisation_detail, name="organisation-detail"),
    path("organisation/new/", organisation.organisation_create, name="organisation-create"),
    path("organisation/join/", joining.join_ask, name="join-ask"),
    path(ORGANISATION + "change/", organisation.organisation_change, name="organisation-change"),
    path(ORGANISATION + "history/", organisation.organisation_history, name="organisation-history"),
    path(ORGANISATION + "licence/", licences.licence_upload, name="licence-upload"),
    path(ORGANISATION + "payee/", organisation.payee_create, name="payee-create"),
    path(ORGANISATION + "invite/", members.member_invite, name="member-invite"),
    path("members/<int:pk>/", members.member_change, name="member-change"),
    path("members/<int:pk>/remove/", members.member_remove, name="member-remove"),
    path("invitations/<int:pk>/<slug:verb>/", members.invitation_verb, name="invitation-verb"),
    path("join/<slug:token>/", members.invitation_answer, name="invitation-answer"),
    path("join-requests/<int:pk>/", joining.join_answer, name="join-answer"),
    path("join-requests/<int:pk>/withdraw/", joining.join_withdraw, name="join-withdraw"),
    path("licences/<uuid:pk>/", licences.licence_download, name="licence-download"),
    path("applications/", application.application_list, name="application-list"),
    path(CASE, application.application_detail, name="application-detail"),
    path(CASE + "project/", answers.application_project, name="application-project"),
    path(
        CASE + "sections/<int:position>/", answers.application_section, name="application-section"
    ),
    path(CASE + "project/autosave/", saving.application_autosave, name="project-autosave"),
    path(
        CASE + "sections/<int:position>/autosave/",
        saving.application_autosave,
        name="section-autosave",
    ),
    path(CASE + "new-form/", new_form.application_new_form, name="application-new-form"),
    path(CASE + "let-go/<slug:key>/", new_form.application_let_go, name="application-let-go"),
    path(CASE + "documents/", documents.document_upload, name="document-upload"),
    path(CASE + "check/", submitting.application_check, name="application-check"),
    path(CASE + "messages/", messages.message_list, name="message-list"),
    path(CASE + "files/<slug:key>/", documents.files_of_question, name="question-files"),
    path(CASE + "archive/", documents.application_archive, name="application-archive"),
    path(CASE + "signature/ask/", submitting.signature_ask, name="signature-ask"),
    path(CASE + "signature/", signing.application_sign, name="application-sign"),
    path(CASE + "signature/refuse/", signing.signature_refuse, name="signature-refuse"),
    path(CASE + "submissions/", receipts.submission_list, name="submission-list"),
    path(CASE + "receipt/", receipts.application_receipt, name="application-receipt"),
    path(
        CASE + "submissions/<int:number>/", receipts.application_receipt, name="submission-receipt"
    ),
    path(
        CASE + "submissions/<int:number>/receipt.pdf",
        receipts.application_receipt_pdf,
        name="receipt-pdf",
    ),
    path(CASE + "withdraw/", application.application_withdraw, name="application-withdraw"),
    path(CASE + "award/accept/", award.award_accept, name="award-accept"),
    path(CASE + "award/decline/", award.award_decline, name="award-decline"),
    path(CASE + "milestones/<int:number>/", award.milestone_report, name="milestone-report"),
    path("documents/<uuid:pk>/", documents.document_download, name="document-download"),
    path("documents/<uuid:pk>/view/", documents.document_view, name="document-view"),
    path("documents/<uuid:pk>/remove/", documents.document_remove, name="document-remove"),
]
