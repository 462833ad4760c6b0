"""The Celery application: turns, the drain and the sweeps run in its workers."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vivollo.settings")

app = Celery("vivollo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
