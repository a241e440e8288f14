"""The public pages and the applicant's."""

urlpatterns: list = []
