"""The two pairs of keys that the portal and the sandbox sign with."""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from fundportal.processes import Lock
from grants.payouts.rails import rsa2

OWNERS = ("portal", "gateway")


def ensure(folder: Path) -> None:
    """Make `<owner>-private.pem` and `<owner>-public.pem` for both owners, once.

    The folder is made with mode 0700, the files with 0600. Processes that call it at the same time
    end with the same keys; one that is killed leaves nothing half-made, and the next call goes on.
    Raises ValueError for a private key that is there and is none.
    """
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    lock = Lock(folder / ".lock")
    lock.wait()
    try:
        for owner in OWNERS:
            _ensure_pair(folder / f"{owner}-private.pem", folder / f"{owner}-public.pem")
    finally:
        lock.close()


def _ensure_pair(private: Path, public: Path) -> None:
    if not private.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=rsa2.LEAST_BITS)
        text = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        _write(private, text)
        public.unlink(missing_ok=True)
    if not public.exists():
        known = rsa2.private_key(private.read_bytes()).public_key()
        text = known.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        _write(public, text)


def _write(path: Path, text: bytes) -> None:
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
