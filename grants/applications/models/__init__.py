"""Applications, what was submitted and signed, and the files."""

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
)
from grants.applications.models.files import Document, Upload, private_path, upload_expires
from grants.applications.models.signing import SignOff

__all__ = [
    "BARRING",
    "TAKES_LATE",
    "Application",
    "ApplicationQuerySet",
    "ConflictKind",
    "ConflictOfInterest",
    "ConflictSource",
    "Document",
    "Extension",
    "SignOff",
    "Submission",
    "Upload",
    "private_path",
    "upload_expires",
]
