"""What was found of a conflict, in the reader's language, from its evidence."""

from django.utils.translation import gettext as _

from grants.applications.models import ConflictKind, ConflictOfInterest


def found(conflict: ConflictOfInterest) -> str:
    """A sentence; empty where a person said it, whose own words are the note."""
    told = conflict.evidence
    if not told:
        return ""
    return _sentences()[conflict.kind] % {"what": told["what"], "other": told["other"]}


def _sentences() -> dict[str, str]:
    return {
        ConflictKind.MEMBERSHIP: _("The person is a member of %(what)s."),
        ConflictKind.SHARED_MEMBER: _("%(what)s of the applicant is also a member of %(other)s."),
        ConflictKind.JOINT_AWARD: _(
            "%(what)s of the applicant and the person share the award %(other)s."
        ),
        ConflictKind.DOMAIN: _("Both have addresses at %(what)s (%(other)s)."),
        ConflictKind.ACCOUNT: _("%(other)s has named the same account, %(what)s."),
        ConflictKind.REPRESENTATIVE: _("The legal representative is %(what)s (%(other)s)."),
    }
