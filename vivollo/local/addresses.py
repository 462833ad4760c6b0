"""Where the product is reached: the listening socket, its names, and whether a page comes."""

import errno
import socket
import urllib.request

from vivollo.local.trouble import Trouble

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  what a user may write, not a default
HIGHEST_PORT = 65535


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens already: connections wait in it while web processes start or restart."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror:
        raise _host_trouble(host) from None
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise _bind_trouble(error, host, port) from None
    return listening


def url(host: str, listening: socket.socket) -> str:
    """Return the address to open in a browser."""
    return f"http://{_written(host)}:{listening.getsockname()[1]}/"


def names(host: str) -> list[str]:
    """List the host names that requests may carry; more than one where the product is open to the network."""
    always = ["localhost", "127.0.0.1", "[::1]"]
    if host not in EVERYWHERE:
        return [*always, _written(host)]
    own = socket.gethostname()
    try:
        addresses = [str(found[4][0]) for found in socket.getaddrinfo(own, None)]
    except socket.gaierror:
        addresses = []
    return [*always, own, *map(_written, addresses)]


def is_ready(listening: socket.socket) -> bool:
    """Say whether a web process answers on the socket and a worker of each queue has been heard."""
    name, port = listening.getsockname()[:2]
    if name in EVERYWHERE:
        name = "::1" if listening.family == socket.AF_INET6 else "127.0.0.1"
    request = urllib.request.Request(f"http://{_written(name)}:{port}/readyz", headers={"Host": "localhost"})
    try:
        without_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with without_proxy.open(request, timeout=3) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False


def _written(host: str) -> str:
    if host in EVERYWHERE:
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _bind_trouble(error: OSError, host: str, port: int) -> Trouble:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < HIGHEST_PORT else 8000
        return Trouble(f"Port {port} is taken. End what uses it, or choose another one: --port {other}.")
    if isinstance(error, PermissionError):
        return Trouble(f"Port {port} is for the system only. Choose one above 1023: --port 8000.")
    return _host_trouble(host)


def _host_trouble(host: str) -> Trouble:
    return Trouble(
        f"{host} is no address of this machine. Leave --host out for this machine alone, or write --host 0.0.0.0 to "
        "open it to your network."
    )
