"""REST API v1, its schema and its reference."""

from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter

from grants.api import pages
from grants.api.applications import Applications
from grants.api.awards import Awards
from grants.api.batches import PayoutBatches
from grants.api.conflicts import Conflicts
from grants.api.decisions import Decisions
from grants.api.events import Events
from grants.api.ledger import LedgerAccounts, LedgerEntries
from grants.api.members import Invitations, JoinRequests, Members
from grants.api.milestones import Milestones
from grants.api.organisations import Organisations
from grants.api.payees import Payees
from grants.api.payouts import Payouts
from grants.api.reviews import Assignments, Reviews
from grants.api.rounds import Rounds
from grants.api.signals import Signals
from grants.api.statements import BankStatements, StatementLines
from grants.api.things import NoSuchAddress
from grants.api.uploads import Uploads

RESOURCES = {
    "organisations": Organisations,
    "members": Members,
    "invitations": Invitations,
    "join-requests": JoinRequests,
    "rounds": Rounds,
    "applications": Applications,
    "signals": Signals,
    "uploads": Uploads,
    "assignments": Assignments,
    "reviews": Reviews,
    "conflicts": Conflicts,
    "decisions": Decisions,
    "awards": Awards,
    "milestones": Milestones,
    "payees": Payees,
    "payouts": Payouts,
    "payout-batches": PayoutBatches,
    "bank-statements": BankStatements,
    "statement-lines": StatementLines,
    "ledger/accounts": LedgerAccounts,
    "ledger/entries": LedgerEntries,
    "events": Events,
}

router = DefaultRouter()
router.include_format_suffixes = False
for address, viewset in RESOURCES.items():
    router.register(address, viewset, basename=address.replace("/", "-"))

urlpatterns = [
    path("v1/", include(router.urls)),
    re_path(r"^v1/.*$", NoSuchAddress.as_view()),
    path("schema/", pages.schema, name="api-schema"),
    path("docs/", pages.reference, name="api-docs"),
]
