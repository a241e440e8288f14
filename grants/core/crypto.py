"""Sensitive columns: AES-256-GCM, bound to their row, and a blind index to find equal values.

A sealed text is `<key id>.<base64url(nonce ‖ ciphertext ‖ tag)>`. The first key of
`FIELD_ENCRYPTION_KEYS` seals, all of them open, so that keys can be rotated. The row's identity is
the associated data: a ciphertext that is moved to another row does not open.
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12


class CannotOpen(Exception):
    """The sealed text was altered, belongs to another row, or its key is gone."""


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def _key_id(secret: str) -> str:
    return hashlib.sha256(b"key id:" + secret.encode()).hexdigest()[:8]


def seal(text: str, *, row: str) -> str:
    """The encrypted text. `row` names table, column and primary key, e.g. `payee.account.<id>`."""
    secret = settings.FIELD_ENCRYPTION_KEYS[0]
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_derive(secret, b"field")).encrypt(nonce, text.encode(), row.encode())
    return f"{_key_id(secret)}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def is_sealed_by_first_key(token: str) -> bool:
    """False for what must be sealed anew before the other keys can go."""
    return token.partition(".")[0] == _key_id(settings.FIELD_ENCRYPTION_KEYS[0])


def unseal(token: str, *, row: str) -> str:
    """The text that was sealed for this row. Raises `CannotOpen`; never gives back the token."""
    key_id, _dot, body = token.partition(".")
    for secret in settings.FIELD_ENCRYPTION_KEYS:
        if _key_id(secret) == key_id:
            try:
                raw = base64.urlsafe_b64decode(body)
                cipher = AESGCM(_derive(secret, b"field"))
                return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], row.encode()).decode()
            except (InvalidTag, ValueError):
                break
    raise CannotOpen(row)


def blind_index(text: str, *, column: str) -> str:
    """A keyed hash (HMAC-SHA256, hex) by which equal values of one column can be found."""
    key = _derive(settings.FIELD_ENCRYPTION_KEYS[-1], b"index:" + column.encode())
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
