"""The Alipay rail: one signed POST for each call, and an answer only where the signature holds."""

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from grants.payouts.rails import messages, rsa2
from grants.payouts.rails.messages import Judge, Verdict, answer_of
from grants.payouts.rails.protocol import Answer, Order, Outcome

FORM = "application/x-www-form-urlencoded;charset=utf-8"
SHANGHAI = timezone(timedelta(hours=8))
LONGEST_ANSWER = 1024 * 1024


class UnclearError(Exception):
    """A call that ended without the rail's word. Raised and caught in this file only."""

    def __init__(self, code: str, message: str, response: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.response = code, message, response or {}


class AlipayRail:
    """`Rail` over Alipay's gateway, form v2 (`gateway.do`).

    `timeout_s` bounds the wait for a connection (five seconds at most) and, apart from it, the
    wait for the answer. Proxies of the environment are not used and redirects are not followed:
    money goes to the address that was set and nowhere else. One instance serves many threads, not
    many processes. Close it, or use it as a context manager.
    """

    def __init__(
        self,
        *,
        gateway: str,
        app_id: str,
        private_key: RSAPrivateKey,
        public_key: RSAPublicKey,
        timeout_s: float,
    ) -> None:
        self._gateway, self._app_id, self._timeout_s = gateway, app_id, timeout_s
        self._private_key, self._public_key = private_key, public_key
        self._http = httpx.Client(
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 5.0)), trust_env=False
        )

    def __enter__(self) -> "AlipayRail":
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the kept connections."""
        self._http.close()

    def send(self, order: Order) -> Answer:
        """Ask for the transfer. Nothing is tried twice in here: sending again is up to the caller.

        An order in another currency than CNY is REFUSED before anything leaves.
        """
        if order.currency != "CNY":
            verdict = Verdict(Outcome.REFUSED, "CURRENCY", "Alipay pays in CNY only.")
            return answer_of(verdict, order, {}, {})
        content = messages.transfer_content(order)
        return self._call(messages.TRANSFER, content, order, messages.judge_transfer)

    def ask(self, number: str, order: Order) -> Answer:
        """What became of the number. UNKNOWN says as little about the money as before."""
        content = messages.query_content(number, order)
        return self._call(messages.QUERY, content, order, messages.judge_query)

    def _call(self, method: str, content: str, order: Order, judge: Judge) -> Answer:
        params = self._signed(method, content)
        request = {**params, "biz_content": json.loads(content)}
        del request["sign"]
        try:
            status, body = self._post(params)
            fields, response = self._verified(method, status, body)
            verdict = judge(fields, order)
        except UnclearError as why:
            verdict = Verdict(Outcome.UNKNOWN, why.code, why.message)
            response = why.response
        return answer_of(verdict, order, request, response)

    def _signed(self, method: str, content: str) -> dict[str, str]:
        params = {
            "app_id": self._app_id,
            "biz_content": content,
            "charset": "utf-8",
            "format": "JSON",
            "method": method,
            "sign_type": "RSA2",
            "timestamp": f"{datetime.now(SHANGHAI):%Y-%m-%d %H:%M:%S}",
            "version": "1.0",
        }
        raw = rsa2.canonical(params).encode("utf-8")
        return params | {"sign": rsa2.sign(raw, self._private_key)}

    def _post(self, params: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body. The content goes in the form, so that no log of addresses has it."""
        public = {key: value for key, value in params.items() if key != "biz_content"}
        address = f"{self._gateway}?{urlencode(public)}"
        form = urlencode({"biz_content": params["biz_content"]}).encode("ascii")
        try:
            with self._http.stream(
                "POST", address, content=form, headers={"Content-Type": FORM}
            ) as response:
                return response.status_code, self._read(response)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            # Nothing of *this* call left. An earlier one under the number may have: so it is asked
            # about like any other, and goes again only after the rail said that it knows no such.
            raise UnclearError(
                "NOT_CONNECTED", f"No connection, so nothing of this call left: {error}"
            ) from error
        except httpx.TimeoutException as error:
            raise UnclearError("TIMEOUT", f"No answer in {self._timeout_s:g} seconds.") from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            name = type(error).__name__
            raise UnclearError("CONNECTION_LOST", f"No whole answer: {name}: {error}") from error

    def _read(self, response: httpx.Response) -> bytes:
        """The body, where the time-out holds for the whole of it and not for each piece."""
        until = time.monotonic() + self._timeout_s
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > LONGEST_ANSWER:
                raise UnclearError("NOT_AN_ANSWER", "The answer is longer than any answer is.")
            if time.monotonic() > until:
                raise UnclearError("TIMEOUT", f"No whole answer in {self._timeout_s:g} seconds.")
        return bytes(body)

    def _verified(
        self, method: str, status: int, body: bytes
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The answer's fields and its archive entry. Raises UnclearError unless the rail signed."""
        entry: dict[str, Any] = {"status": status, "sha256": hashlib.sha256(body).hexdigest()}
        seen = entry | {"body": body.decode("utf-8", "replace")}
        if status != httpx.codes.OK:
            raise UnclearError(f"HTTP_{status}", f"The gateway answered HTTP {status}.", seen)
        try:
            nodes = (method.replace(".", "_") + "_response", "error_response")
            envelope = rsa2.opened(body, nodes)
        except ValueError as error:
            raise UnclearError("NOT_AN_ANSWER", str(error), seen) from error
        entry["body"] = {envelope.node: envelope.fields, "sign": envelope.sign}
        if not envelope.sign:
            told = envelope.fields.get("sub_code") or envelope.fields.get("code")
            raise UnclearError("NO_SIGNATURE", f"An answer without a signature said {told}.", entry)
        if not rsa2.verify(envelope.raw, envelope.sign, self._public_key):
            raise UnclearError("BAD_SIGNATURE", "The answer's signature does not verify.", entry)
        return envelope.fields, entry
