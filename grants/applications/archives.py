"""Zip files as they come from strangers: looked at without unpacking anything.

The layout is that of PKWARE's APPNOTE, 4.3.16: at the end of the file stands a record with the
number of entries and the size of their directory.
"""

import struct
import zipfile
from typing import IO

END = b"PK\x05\x06"
END_BYTES = 22
LONGEST_COMMENT = 65535
LOCATOR_64 = b"PK\x06\x07"
LOCATOR_64_BYTES = 20

MOST_ENTRIES = 10_000
LARGEST_DIRECTORY = 4 * 1024 * 1024
LARGEST_CONTENT = 1024 * 1024 * 1024
MOST_TIMES_LARGER = 200
ALWAYS_FINE = 64 * 1024 * 1024


def is_harmless_zip(file: IO[bytes]) -> bool:
    """Whether it is a zip file that fills neither the memory of who lists it nor a disk.

    The directory is measured before it is read: an entry of 46 bytes costs ten times as many in
    memory. What it would unpack to is taken from what the directory says.
    """
    if not _has_small_directory(file):
        return False
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return False
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > LARGEST_CONTENT:
        return False
    return unpacked <= ALWAYS_FINE or unpacked <= packed * MOST_TIMES_LARGER


def _has_small_directory(file: IO[bytes]) -> bool:
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - LONGEST_COMMENT - END_BYTES))
    tail = file.read()
    at = len(tail) - END_BYTES
    if at < 0:
        return False
    if tail[at : at + 4] != END or tail[-2:] != b"\x00\x00":
        at = tail.rfind(END)
    if at < 0 or len(tail) < at + END_BYTES:
        return False
    locator = tail[max(0, at - LOCATOR_64_BYTES) : at][:4]
    if locator == LOCATOR_64:
        return False
    entries, directory = struct.unpack_from("<HL", tail, at + 10)
    return entries <= MOST_ENTRIES and directory <= LARGEST_DIRECTORY
