"""Whether this is alive, and whether it is ready to serve: for load balancers and for `up`."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from conversations import events

HEARTBEAT = "worker-heard-at"
WORKER_SILENCE = 15  # seconds without a worker's word before we are not ready
MOST_UNDELIVERED = 500


def redis_client() -> redis.Redis:
    """A client that gives up within a second, because somebody waits for the answer."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: database, Redis and a worker answer, and the journal is being delivered; 503 with the cause otherwise."""
    checks = {"database": _database, "redis": _redis, "worker": _worker, "undelivered": _undelivered}
    told = {name: _check(check) for name, check in checks.items()}
    ready = all(one["ok"] for one in told.values())
    answer = JsonResponse({"ready": ready, "checks": told}, status=200 if ready else 503)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django's mark: an honest "not yet" is no error to log
    return answer


def _check(check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return check()
    except Exception as trouble:
        return {"ok": False, "trouble": type(trouble).__name__}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True}


def _redis() -> dict[str, Any]:
    return {"ok": bool(redis_client().ping())}


def _worker() -> dict[str, Any]:
    """A worker of each queue has been heard lately: turns need one as much as the quick tasks do."""
    heard = redis_client().mget([f"{HEARTBEAT}:{queue}" for queue in settings.WORKER_QUEUES])
    silent = {
        queue: round(time.time() - float(at), 1) if at is not None else None
        for queue, at in zip(settings.WORKER_QUEUES, heard, strict=True)
    }
    return {"ok": all(one is not None and one < WORKER_SILENCE for one in silent.values()), "silent_seconds": silent}


def _undelivered() -> dict[str, Any]:
    waiting = events.undelivered()
    return {"ok": waiting < MOST_UNDELIVERED, "events": waiting}
