import os

from django.core.wsgi import get_wsgi_application

from fundportal.celery import app  # so that `.delay()` in a view finds the broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fundportal.settings")

app.set_default()
application = get_wsgi_application()
