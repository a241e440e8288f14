"""Reads ISO 20022 pain.002, the customer payment status report: .001.03 and .001.10."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from grants.payouts.rails.bank import statements, xml
from grants.payouts.rails.bank.statements import ParsedBatch, ParsedLine, ParsedStatement, wrong

MESSAGES = ("pain.002.001.03", "pain.002.001.10")
# The external code set of payment statuses: only these are final. Any other is “not settled yet”.
FINAL = {"ACSC": statements.PAID, "ACCC": statements.PAID, "RJCT": statements.REFUSED}


class _Report:
    """Fills as the elements of a report end."""

    def __init__(self) -> None:
        self.created: date | None = None
        self.currency = statements.CURRENCY
        self.group_status = ""
        self.lines: list[ParsedLine] = []
        self.batch: ParsedBatch | None = None
        self.unsettled: set[str] = set()

    def header(self, element) -> None:
        self.created = statements.day_of(xml.text(element, "CreDtTm"), "CreDtTm")

    def group(self, element) -> None:
        """The status of a whole message or payment; it counts where no payment is listed."""
        status = xml.text(element, "GrpSts", "PmtInfSts")
        self.group_status = xml.text(element, "GrpSts") or self.group_status
        reference = xml.text(element, "OrgnlPmtInfId", "OrgnlMsgId")
        if status in FINAL and not self.lines and self.created:
            code, remark = _reason(element)
            self.batch = ParsedBatch(
                reference=reference,
                booked_on=self.created,
                says=FINAL[status],
                code=code or status,
                remark=remark,
            )
        elif status:
            self.unsettled.add(status)

    def payment(self, element) -> None:
        number = xml.text(element, "OrgnlEndToEndId")
        where = f"OrgnlEndToEndId {number}"
        status = xml.text(element, "TxSts") or self._status_around(element)
        accepted = xml.text(element, "AccptncDtTm")
        booked_on = statements.day_of(accepted, where) if accepted else self.created
        if not number or booked_on is None:
            raise wrong(_("This report names a payment without its number or date."))
        code, remark = _reason(element)
        original = element.find("{*}OrgnlTxRef")
        more = self._original(original, where) if original is not None else {}
        self.lines.append(
            ParsedLine(
                booked_on=booked_on,
                says=FINAL.get(status, statements.PENDING),
                number=number[:64],
                bank_reference=xml.text(element, "AcctSvcrRef")[:64],
                code=(code or status)[:35],
                remark=remark,
                **{"amount": None, **more},
            )
        )

    def _status_around(self, element) -> str:
        return xml.text(element.getparent(), "PmtInfSts") or self.group_status

    def _original(self, original, where: str) -> dict:
        found: dict = {
            "holder_name": xml.text(original, "Cdtr/Pty/Nm", "Cdtr/Nm")[:140],
            "account": statements.unmangled(
                xml.text(original, "CdtrAcct/Id/Othr/Id", "CdtrAcct/Id/IBAN"), where
            ),
        }
        amount = original.find("{*}Amt/{*}InstdAmt")
        if amount is not None:
            self.currency = amount.get("Ccy") or self.currency
            value: Decimal = statements.amount_of(amount.text or "", where)
            found["amount"] = -value
        return found

    def statement(self) -> ParsedStatement:
        if not self.lines and not self.batch and self.unsettled:
            words = {"codes": ", ".join(sorted(self.unsettled))}
            raise wrong(_("This report settles no payment yet: it says only %(codes)s.") % words)
        return ParsedStatement(
            kind=statements.PAIN002,
            currency=self.currency,
            lines=tuple(self.lines),
            batch=None if self.lines else self.batch,
        )


def _reason(element) -> tuple[str, str]:
    """The code and the words of a status."""
    code = xml.text(element, "StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")
    words = [found.text or "" for found in xml.every(element, "StsRsnInf/AddtlInf")]
    return code[:35], " ".join(words).strip()[:200]


def read(elements: Iterator) -> ParsedStatement:
    """The report of a stream of elements. Raises `Refused` for one that says nothing usable."""
    report = _Report()
    steps = {
        "GrpHdr": report.header,
        "OrgnlGrpInfAndSts": report.group,
        "TxInfAndSts": report.payment,
        "OrgnlPmtInfAndSts": report.group,
    }
    for element in elements:
        name = xml.name_of(element)
        if name in steps:
            steps[name](element)
        if name == "TxInfAndSts":
            element.clear()
    return statements.checked(report.statement())
