"""Where documents lie: a folder of this machine, or a bucket of S3 or what speaks its protocol."""

from fundportal.env import Misconfigured, address, read

S3_URLS = ("https://oss-cn-hangzhou.aliyuncs.com", "http://127.0.0.1:9000")
STYLES = ("auto", "virtual", "path")
IN_MEMORY = 2 * 1024 * 1024
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
HASHED = "whitenoise.storage.CompressedManifestStaticFilesStorage"


def storages(*, debug: bool) -> dict:
    """Django's STORAGES."""
    return {"default": documents(), "staticfiles": {"BACKEND": PLAIN if debug else HASHED}}


def documents() -> dict:
    """The storage of documents: private objects, never an address that anybody could open."""
    bucket = read("str", "S3_BUCKET", "")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    style = read("str", "S3_ADDRESSING", "auto")
    if style not in STYLES:
        raise Misconfigured(f"S3_ADDRESSING must be one of {', '.join(STYLES)}.")
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _options(bucket, style)}


def _options(bucket: str, style: str) -> dict:
    """Checksums only where they are required: what speaks S3 beside Amazon often refuses them."""
    from botocore.config import Config

    return {
        "bucket_name": bucket,
        "endpoint_url": address("S3_ENDPOINT_URL", like=S3_URLS) or None,
        "region_name": read("str", "S3_REGION", "") or None,
        "access_key": read("str", "S3_ACCESS_KEY", "") or None,
        "secret_key": read("str", "S3_SECRET_KEY", "") or None,
        "default_acl": None,
        "file_overwrite": False,
        "max_memory_size": IN_MEMORY,
        "client_config": Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3},
            signature_version="s3v4",
            s3={"addressing_style": style},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    }
