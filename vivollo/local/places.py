"""Where embedded servers live: data that stays, sockets and copies of programs that go with the run."""

import importlib.util
import socket
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from vivollo.local.account import Account, for_servers
from vivollo.local.guard import Guard
from vivollo.local.trouble import Trouble

LONGEST_TEMPORARY = 40  # characters; a socket's whole path may have about 100
PREFIX = "vivollo-"
Pause = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one run, the user that its servers run as, and who tidies up after it."""

    data: Path
    sockets: Path
    copies: Path
    account: Account
    guard: Guard

    def programs(self, package: Path, roots: list[str]) -> Path:
        """Return where the servers' account can run the programs under these folders of a package."""
        return self.account.programs(package, roots, self.copies)


def prepare(data: Path, guard: Guard) -> Place:
    """Return a place for servers; its passing folders are removed with the last of them, by the guard."""
    account = for_servers()
    folder = "/tmp" if len(tempfile.gettempdir()) > LONGEST_TEMPORARY else None  # noqa: S108  mkdtemp makes it safe
    sockets = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
    guard.remove(str(sockets))
    copies = Path(tempfile.mkdtemp(prefix=f"{PREFIX}programs-", dir=folder))
    guard.remove(str(copies))
    copies.chmod(0o755)
    return Place(data=data, sockets=sockets, copies=copies, account=account, guard=guard)


def package(name: str) -> Path:
    """Return the folder of an installed package without importing it."""
    found = importlib.util.find_spec(name)
    if not found or not found.submodule_search_locations:
        raise Trouble(
            f"The package {name} is not installed. Run `python3 manage.py up`, which installs it, or set DATABASE_URL "
            "and REDIS_URL to servers of your own."
        )
    return Path(found.submodule_search_locations[0])


def answers(path: Path, question: bytes = b"", answer: bytes = b"") -> bool:
    """Say whether somebody listens on the socket file and, where there is a question, answers it so."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(question)
            return not answer or client.recv(64).startswith(answer)
        except OSError:
            return False


def did_not_start(name: str, words: str, log: Path) -> Trouble:
    """Return the sentence for a server that gave up, by the cause that its last words name."""
    data = log.parent.parent
    if "No space left on device" in words:
        return Trouble(f"The disk of {data} is full. Make room, or give another folder: --data FOLDER.")
    if "could not map anonymous shared memory" in words or "Cannot allocate memory" in words:
        return Trouble(f"There is too little memory to start {name}. Close something, then try again.")
    if "Bad file format reading the append only file" in words:
        return Trouble(
            f"What {name} saved is damaged. Keep a copy of {data / name}, then delete that folder and start again: it "
            "holds only work under way, and the database has what was said."
        )
    return Trouble(f"The embedded {name} did not start. Its last words, from {log}:\n\n{words.strip()[-1200:]}")
