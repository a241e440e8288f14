"""Applications, what was submitted and signed, and the files."""

from grants.applications.models.blinding import BlindCheck
from grants.applications.models.cases import (
    TAKES_LATE,
    Application,
    ApplicationQuerySet,
    Extension,
    Submission,
)
from grants.applications.models.conflicts import (
    BARRING,
    ConflictKind,
    ConflictOfInterest,
    ConflictSource,
    StandingConflict,
    forget_conflicts,
    is_kept_from,
    is_kept_from_organisation,
    kept_from,
    organisations_kept_from,
    those_kept_from,
)
from grants.applications.models.files import Document, Upload, private_path, upload_expires
from grants.applications.models.signing import SignOff

__all__ = [
    "BARRING",
    "TAKES_LATE",
    "Application",
    "ApplicationQuerySet",
    "BlindCheck",
    "ConflictKind",
    "ConflictOfInterest",
    "ConflictSource",
    "Document",
    "Extension",
    "SignOff",
    "StandingConflict",
    "Submission",
    "Upload",
    "forget_conflicts",
    "is_kept_from",
    "is_kept_from_organisation",
    "kept_from",
    "organisations_kept_from",
    "private_path",
    "those_kept_from",
    "upload_expires",
]
