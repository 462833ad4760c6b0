"""One web process that serves on a socket which the supervisor opened: `python -m vivollo.local.web --fd N`.

Several such processes share the socket. Both servers could take the number of an open file by themselves, but uvicorn
takes it for a Unix socket then and forgets TCP_NODELAY, which costs 40 ms on each kept-alive post.
"""

import argparse
import socket

APPLICATION = "vivollo.asgi:application"
QUIET_SECONDS, DEAD_SECONDS = 20, 30  # between two pings, and until a socket without an answer is closed


def serve_daphne(descriptor: int) -> None:
    """Serve until SIGTERM, as the command `daphne vivollo.asgi:application` does."""
    from daphne.cli import CommandLineInterface

    CommandLineInterface().run(
        [
            "--fd", str(descriptor), "--verbosity", "0", "--no-server-name", "--application-close-timeout", "2",
            "--ping-interval", str(QUIET_SECONDS), "--ping-timeout", str(DEAD_SECONDS), APPLICATION,
        ]
    )  # fmt: skip


def serve_uvicorn(descriptor: int) -> None:
    """Serve until SIGTERM, as the command `uvicorn --loop uvloop vivollo.asgi:application` does."""
    import uvicorn

    config = uvicorn.Config(
        APPLICATION,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        ws_ping_interval=QUIET_SECONDS,
        ws_ping_timeout=DEAD_SECONDS,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


SERVERS = {"daphne": serve_daphne, "uvicorn": serve_uvicorn}


def main() -> None:
    """Serve with the named server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--server", choices=SERVERS, default="daphne")
    chosen = parser.parse_args()
    SERVERS[chosen.server](chosen.fd)


if __name__ == "__main__":
    main()
