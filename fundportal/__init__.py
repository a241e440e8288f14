from fundportal.celery import app

__all__ = ["app"]
