"""The public pages and the applicant's."""

from django.urls import path

from grants.web import (
    answers,
    application,
    apply,
    award,
    documents,
    incoming,
    notice,
    organisation,
    public,
    submitting,
)

CASE = "applications/<slug:reference>/"

urlpatterns = [
    path("", public.home, name="home"),
    path("rounds/<slug:slug>/", public.round_detail, name="round-detail"),
    path("awards/", public.award_register, name="award-register"),
    path("alipay/notify/", notice.alipay_notice, name="alipay-notice"),
    path("mail/in/", incoming.mail_in, name="mail-in"),
    path("apply/<slug:slug>/", apply.apply, name="apply"),
    path("organisation/", organisation.organisation_detail, name="organisation-detail"),
    path("organisation/new/", organisation.organisation_create, name="organisation-create"),
    path("organisation/<int:pk>/members/add/", organisation.member_add, name="member-add"),
    path("organisation/<int:pk>/payee/", organisation.payee_create, name="payee-create"),
    path("members/<int:pk>/remove/", organisation.member_remove, name="member-remove"),
    path("applications/", application.application_list, name="application-list"),
    path(CASE, application.application_detail, name="application-detail"),
    path(CASE + "project/", answers.application_project, name="application-project"),
    path(
        CASE + "sections/<int:position>/", answers.application_section, name="application-section"
    ),
    path(CASE + "documents/", documents.document_upload, name="document-upload"),
    path(CASE + "check/", submitting.application_check, name="application-check"),
    path(CASE + "receipt/", submitting.application_receipt, name="application-receipt"),
    path(CASE + "withdraw/", application.application_withdraw, name="application-withdraw"),
    path(CASE + "award/accept/", award.award_accept, name="award-accept"),
    path(CASE + "award/decline/", award.award_decline, name="award-decline"),
    path(CASE + "milestones/<int:number>/", award.milestone_report, name="milestone-report"),
    path("documents/<uuid:pk>/", documents.document_download, name="document-download"),
    path("documents/<uuid:pk>/remove/", documents.document_remove, name="document-remove"),
]
