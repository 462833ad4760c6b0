"""The asynchronous way to a thread: a psycopg pool for each event loop, beside the ORM's own connections.

A message's time is mostly the machinery around it. One statement on a connection of the same loop needs no
thread, no ORM and no explicit transaction; the rule itself is the database function that the services use too.
"""

from __future__ import annotations

import asyncio
import weakref
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

_Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]
_pools: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Pool] = weakref.WeakKeyDictionary()


def _conninfo() -> str:
    params: dict[str, Any] = dict(connection.get_connection_params())
    for django_only in ("cursor_factory", "context", "prepare_threshold", "client_encoding"):
        params.pop(django_only, None)
    return make_conninfo(**params)


async def _as_django_does(conn: AsyncConnection[TupleRow]) -> None:
    """Times come in UTC, whatever the server's own zone is."""
    await conn.execute("SET TIME ZONE 'UTC'")


async def _open() -> _Pool:
    pool: _Pool = AsyncConnectionPool(
        _conninfo(),
        min_size=1,
        max_size=settings.MESSAGE_POOL_SIZE,
        timeout=5,
        open=False,
        configure=_as_django_does,
        kwargs={"autocommit": True, "prepare_threshold": 1},
    )
    await pool.open()
    return pool


async def rows(sql: str, params: tuple[Any, ...]) -> list[TupleRow]:
    """Run one statement in a transaction of its own and return its rows.

    psycopg.OperationalError, or psycopg_pool.PoolTimeout within 5 s, when the database does not answer.
    """
    loop = asyncio.get_running_loop()
    pool = _pools.get(loop)
    if pool is None:
        pool = await _open()
        if loop in _pools:  # another request opened one meanwhile
            await pool.close()
            pool = _pools[loop]
        else:
            _pools[loop] = pool
    async with pool.connection() as conn:
        cursor = await conn.execute(sql, params)
        return await cursor.fetchall()
