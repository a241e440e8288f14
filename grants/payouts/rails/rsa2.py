"""RSA2, Alipay's signature: SHA-256 with RSA, PKCS#1 v1.5, base64, over text in UTF-8.

Requests are signed over their sorted parameters; answers over the exact bytes of one member of a
JSON object, as they were sent. Source: the official Java SDK's `AlipaySignature`.
"""

import base64
import binascii
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

LEAST_BITS = 2048
DECODER = json.JSONDecoder(parse_float=Decimal)
BLANK = " \t\r\n"


def private_key(text: bytes) -> RSAPrivateKey:
    """The key in a PEM file, or in the bare base64 that Alipay's tools write. Raises ValueError."""
    if text.lstrip().startswith(b"-----BEGIN"):
        key = serialization.load_pem_private_key(text, password=None)
    else:
        key = serialization.load_der_private_key(_der(text), password=None)
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise ValueError(f"RSA2 needs an RSA private key of at least {LEAST_BITS} bits.")
    return key


def public_key(text: bytes) -> RSAPublicKey:
    """The key in a PEM file, or in the bare base64 that Alipay shows. Raises ValueError."""
    if text.lstrip().startswith(b"-----BEGIN"):
        key = serialization.load_pem_public_key(text)
    else:
        key = serialization.load_der_public_key(_der(text))
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise ValueError(f"RSA2 needs an RSA public key of at least {LEAST_BITS} bits.")
    return key


def _der(text: bytes) -> bytes:
    return base64.b64decode(b"".join(text.split()), validate=True)


def canonical(params: Mapping[str, str]) -> str:
    """The text that a request's signature covers.

    All parameters but `sign` and the empty ones, by key, as `k=v` joined with `&`, not URL-encoded.
    """
    kept = ((key, value) for key, value in params.items() if key != "sign" and value != "")
    return "&".join(f"{key}={value}" for key, value in sorted(kept))


def sign(raw: bytes, key: RSAPrivateKey) -> str:
    """The base64 signature of these bytes."""
    return encoded(key.sign(raw, padding.PKCS1v15(), hashes.SHA256()))


def encoded(signature: bytes) -> str:
    """A signature as it is sent."""
    return base64.b64encode(signature).decode("ascii")


def verify(raw: bytes, signature: str, key: RSAPublicKey) -> bool:
    """Whether the base64 signature covers these bytes. A SHA-1 signature never does."""
    try:
        key.verify(
            base64.b64decode(signature, validate=True), raw, padding.PKCS1v15(), hashes.SHA256()
        )
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


@dataclass(frozen=True)
class Envelope:
    """An answer taken apart: the node's name, its raw bytes, the same parsed, and its signature."""

    node: str
    raw: bytes
    fields: dict[str, Any]
    sign: str


def opened(body: bytes, nodes: Collection[str]) -> Envelope:
    """Take `{"<node>": {…}, "sign": "…"}` apart, where `nodes` are the names that may stand there.

    The raw bytes are those between the ends that the JSON parser itself found, so that a brace or a
    quote inside a text cannot move them. Raises ValueError for anything else, a member named twice
    among them. It does not verify: an empty `sign` means that there was none.
    """
    try:
        text = body.decode("utf-8")
        members = _members(text)
    except RecursionError:
        raise ValueError("The answer is nested too deeply.") from None
    found = [name for name in members if name in nodes]
    if len(found) != 1:
        raise ValueError(f"The answer holds none of {', '.join(sorted(nodes))}.")
    fields, raw = members[found[0]]
    signature, _ = members.get("sign", ("", ""))
    if not isinstance(fields, dict) or not isinstance(signature, str):
        raise ValueError("The answer's members are not of the documented types.")
    return Envelope(found[0], raw.encode("utf-8"), fields, signature)


def _members(text: str) -> dict[str, tuple[Any, str]]:
    """The members of one JSON object: name → (value, its text as it stands)."""
    members: dict[str, tuple[Any, str]] = {}
    at = _expect(text, 0, "{")
    while True:
        name, at = DECODER.raw_decode(text, at)
        if not isinstance(name, str) or name in members:
            raise ValueError("The answer has a member without a name of its own.")
        start = _expect(text, at, ":")
        value, at = DECODER.raw_decode(text, start)
        members[name] = (value, text[start:at])
        end = _after_blank(text, at)
        if text[end : end + 1] == "}":
            if _after_blank(text, end + 1) != len(text):
                raise ValueError("The answer goes on after its end.")
            return members
        at = _expect(text, at, ",")


def _expect(text: str, at: int, sign_: str) -> int:
    at = _after_blank(text, at)
    if text[at : at + 1] != sign_:
        raise ValueError(f"The answer is not JSON: no '{sign_}' at {at}.")
    return _after_blank(text, at + 1)


def _after_blank(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in BLANK:
        at += 1
    return at
