"""Gathers the models of the domains for Django."""

from grants.accounts.models import (
    ApiKey,
    IdempotentCall,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    User,
)
from grants.applications.information import InformationRequest
from grants.applications.listing import Listing
from grants.applications.models import Application, Document, Extension, SignOff, Submission, Upload
from grants.awards.models import Award, Decision
from grants.events.models import DailySeal, Event, EventSeal, Reader, UnsealedEvent
from grants.ledger.models import JournalEntry, LedgerAccount, Posting
from grants.licences.models import Licence
from grants.messages.models import Conversation, Message
from grants.milestones.models import Evidence, Milestone
from grants.notifications.models import Notification
from grants.payouts.models import (
    BankDay,
    BankStatement,
    BatchFile,
    BooksCheck,
    ClosedDay,
    Payee,
    PaymentAttempt,
    Payout,
    PayoutBatch,
    RailHealth,
    Reconciliation,
    StatementLine,
)
from grants.programs.models import (
    Criterion,
    FormRule,
    FormVersion,
    Fund,
    PlannedMilestone,
    Program,
    Question,
    Round,
    Section,
)
from grants.reviews.models import Assignment, Review, Score
from grants.screening.models import (
    EligibilityCheck,
    SavedView,
    Screening,
    ScreeningFact,
    ScreeningRule,
    ScreeningRun,
    Signal,
    SignalImport,
)

__all__ = [
    "ApiKey",
    "Application",
    "Assignment",
    "Award",
    "BankDay",
    "BankStatement",
    "BatchFile",
    "BooksCheck",
    "ClosedDay",
    "Conversation",
    "Criterion",
    "DailySeal",
    "Decision",
    "Document",
    "EligibilityCheck",
    "Event",
    "EventSeal",
    "Evidence",
    "Extension",
    "FormRule",
    "FormVersion",
    "Fund",
    "IdempotentCall",
    "InformationRequest",
    "Invitation",
    "JoinRequest",
    "JournalEntry",
    "LedgerAccount",
    "Licence",
    "Listing",
    "Membership",
    "Message",
    "Milestone",
    "Notification",
    "Organisation",
    "Payee",
    "PaymentAttempt",
    "Payout",
    "PayoutBatch",
    "PlannedMilestone",
    "Posting",
    "Program",
    "Question",
    "RailHealth",
    "Reader",
    "Reconciliation",
    "Review",
    "Round",
    "SavedView",
    "Score",
    "Screening",
    "ScreeningFact",
    "ScreeningRule",
    "ScreeningRun",
    "Section",
    "SignOff",
    "Signal",
    "SignalImport",
    "StatementLine",
    "Submission",
    "UnsealedEvent",
    "Upload",
    "User",
]
