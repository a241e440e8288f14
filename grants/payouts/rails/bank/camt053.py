"""Reads ISO 20022 camt.053, the bank-to-customer statement: .001.02 and .001.08."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from grants.payouts.rails.bank import statements, xml
from grants.payouts.rails.bank.statements import ParsedLine, ParsedStatement, wrong

MESSAGES = ("camt.053.001.02", "camt.053.001.08")
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
# Sub-families of the bank transaction codes by which money comes back to who sent it.
COMES_BACK = ("RRTN", "RRCT", "ARET", "RPCR")


class _Statement:
    """Fills as the elements of a statement end."""

    def __init__(self) -> None:
        self.count = 0
        self.account = ""
        self.currencies: set[str] = set()
        self.balances: dict[str, Decimal] = {}
        self.entries: list[ParsedLine] = []

    def end(self, element) -> None:
        self.count += 1
        if self.count > 1:
            raise wrong(_("This file holds several statements. Upload them one by one."))
        own = xml.text(element, "Acct/Id/Othr/Id", "Acct/Id/IBAN")
        self.account = statements.unmangled(own, "Acct")
        for balance in xml.every(element, "Bal"):
            kind = xml.text(balance, "Tp/CdOrPrtry/Cd")
            self.balances[kind] = self._signed(balance, f"Bal {kind}")

    def _signed(self, element, where: str) -> Decimal:
        amount = element.find("{*}Amt")
        if amount is None:
            raise wrong(_("%(where)s: the amount is missing.") % {"where": where})
        self.currencies.add(amount.get("Ccy") or "")
        value = statements.amount_of(amount.text or "", where)
        return value if xml.text(element, "CdtDbtInd") == "CRDT" else -value

    def entry(self, entry) -> None:
        """One line for each payment of the entry, where the bank says how much each one was."""
        row = len(self.entries) + 1
        where = _("Entry %(row)s") % {"row": row}
        whole = self._signed(entry, where)
        details = xml.every(entry, "NtryDtls/TxDtls")
        parts = [self._part(entry, detail, where) for detail in details]
        if len(details) > 1 and all(part is not None for part in parts):
            if sum(part for part in parts if part is not None) != whole:
                raise wrong(_("%(where)s: its payments do not add up to it.") % {"where": where})
            for detail, part in zip(details, parts, strict=True):
                self._add(entry, detail, part, where)
        else:
            self._add(entry, details[0] if len(details) == 1 else entry, whole, where)

    def _part(self, entry, detail, where: str) -> Decimal | None:
        found = detail.find("{*}AmtDtls/{*}TxAmt/{*}Amt")
        found = detail.find("{*}Amt") if found is None else found
        if found is None:
            return None
        value = statements.amount_of(found.text or "", where)
        side = xml.text(detail, "CdtDbtInd") or xml.text(entry, "CdtDbtInd")
        return value if side == "CRDT" else -value

    def _add(self, entry, detail, amount, where: str) -> None:
        is_out = amount < 0
        other = "Cdtr" if is_out else "Dbtr"
        status = xml.text(entry, "Sts/Cd", "Sts")
        told = [found.text or "" for found in xml.every(detail, "RmtInf/Ustrd")]
        more = xml.text(detail, "AddtlTxInf") or xml.text(entry, "AddtlNtryInf")
        remark = " ".join([*told, more]).strip()
        given = xml.text(detail, "Refs/EndToEndId")
        account = xml.text(
            detail, f"RltdPties/{other}Acct/Id/Othr/Id", f"RltdPties/{other}Acct/Id/IBAN"
        )
        name = xml.text(detail, f"RltdPties/{other}/Pty/Nm", f"RltdPties/{other}/Nm")
        self.entries.append(
            ParsedLine(
                booked_on=_day(entry, where),
                amount=amount,
                says=_says(entry, detail, is_out=is_out, status=status),
                number=statements.our_number(given, remark)
                or (given[:64] if given != statements.NOT_PROVIDED else ""),
                bank_reference=(
                    xml.text(detail, "Refs/AcctSvcrRef") or xml.text(entry, "AcctSvcrRef")
                )[:64],
                holder_name=name[:140],
                account=statements.unmangled(account, where),
                remark=remark[:200],
                code=_code(entry, detail)[:35],
            )
        )

    def statement(self) -> ParsedStatement:
        if len(self.currencies) > 1:
            raise wrong(_("This statement mixes several currencies."))
        return ParsedStatement(
            kind=statements.CAMT053,
            account=self.account,
            currency=next(iter(self.currencies), statements.CURRENCY),
            opening=self._balance(OPENING),
            closing=self._balance(CLOSING),
            lines=tuple(self.entries),
        )

    def _balance(self, kinds: tuple[str, ...]) -> Decimal | None:
        return next((self.balances[kind] for kind in kinds if kind in self.balances), None)


def _day(entry, where: str):
    text = xml.text(entry, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
    return statements.day_of(text, where)


def _says(entry, detail, *, is_out: bool, status: str) -> str:
    if status != "BOOK":
        return statements.PENDING
    if is_out:
        return statements.OTHER if _is_reversal(entry) else statements.PAID
    came_back = (
        _is_reversal(entry)
        or detail.find("{*}RtrInf") is not None
        or _sub_family(entry, detail) in COMES_BACK
    )
    return statements.RETURNED if came_back else statements.OTHER


def _is_reversal(entry) -> bool:
    return xml.text(entry, "RvslInd") in ("true", "1")


def _sub_family(entry, detail) -> str:
    path = "BkTxCd/Domn/Fmly/SubFmlyCd"
    return xml.text(detail, path) or xml.text(entry, path)


def _code(entry, detail) -> str:
    return xml.text(detail, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry") or _sub_family(entry, detail)


def read(elements: Iterator) -> ParsedStatement:
    """The statement of a stream of elements. Raises `Refused` for one that cannot be used."""
    found = _Statement()
    for element in elements:
        name = xml.name_of(element)
        if name == "Ntry":
            found.entry(element)
            element.clear()
        elif name == "Stmt":
            found.end(element)
    return statements.checked(found.statement())
