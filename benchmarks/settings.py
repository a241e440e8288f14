"""The portal as it serves people, on plain HTTP, with one more view to measure against."""

from fundportal.settings import *  # noqa: F403

DEBUG = False
ROOT_URLCONF = "benchmarks.urls"
