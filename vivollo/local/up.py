"""The way from nothing to a running product, step by step, and back."""

import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vivollo.demo import content  # plain data
from vivollo.local import addresses, leftovers, outside, places, postgres, valkey
from vivollo.local.children import Child, Program
from vivollo.local.console import Console
from vivollo.local.data import DataFolder, Record, read_record
from vivollo.local.servers import await_ready
from vivollo.local.supervisor import ROUND, SERVERS, Supervisor
from vivollo.local.trouble import StopAsked, Trouble, of_file

CHECKOUT = Path(__file__).resolve().parents[2]
READY_LIMIT = 90.0  # seconds for the first page
CRASHES_BEFORE_READY = 3
QUICK_THREADS, TURN_THREADS = "4", "64"  # a turn mostly waits for a model, the quick tasks for the database


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asked for on the command line."""

    data: Path = CHECKOUT / "var"
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = True
    fresh: bool = False
    web: int = 1
    server: str = "daphne"


def up(wishes: Wishes) -> None:
    """Run the product until somebody stops it; everything that was started here has ended then."""
    console = Console()
    try:
        data = DataFolder(wishes.data)
        data.hold()
        _end_leftovers(data)
        if wishes.fresh:
            data.empty()
        data.require_room()
        with addresses.listen(wishes.host, wishes.port) as listening:
            record = Record(pid=os.getpid(), port=listening.getsockname()[1], url=addresses.url(wishes.host, listening))
            Up(wishes, Supervisor(console, data, record), listening).run()
    except OSError as error:
        raise of_file(error, wishes.data) from error


class Up:
    """One run: its steps share the wishes, the supervisor and what the children are told."""

    def __init__(self, wishes: Wishes, supervisor: Supervisor, listening: socket.socket) -> None:
        self.wishes = wishes
        self.supervisor = supervisor
        self.console = supervisor.console
        self.folder = supervisor.data.path
        self.listening = listening

    def run(self) -> None:
        """Take the steps up, keep everything running, and take the way back whatever happens."""
        self.supervisor.listen_for_signals()
        try:
            self.supervisor.record.environment = self.surroundings(*self.start_servers())
            self.prepare_database()
            self.start_product()
            self.greet()
            self.supervisor.record.ready = True
            self.supervisor.announce()
            self.supervisor.keep()
        except StopAsked:
            self.console.say("\nStopping.")
        finally:
            began = time.monotonic()
            self.supervisor.stop()
        self.console.say(f"Stopped after {time.monotonic() - began:.1f} s. The data stays in {self.folder}.")

    def start_servers(self) -> tuple[str, str]:
        """Return the addresses of both servers, which answer: the user's where one is set, else ours."""
        database, redis = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
        pause, log = self.supervisor.pause, self.folder / "log"
        log.mkdir(exist_ok=True)
        place = None if database and redis else places.prepare(self.folder, self.supervisor.guard)
        self.supervisor.record.passing = [str(place.sockets), str(place.copies)] if place else []
        if database or not place:
            with self.step(f"PostgreSQL at {outside.without_password(database)}"):
                outside.require_database(database, pause)
        else:
            with self.step("PostgreSQL, embedded"):
                self.start_server(
                    postgres.program(place, log / "postgres.log", pause), lambda: postgres.is_ready(place)
                )
                database = postgres.url(place)
        if redis or not place:
            with self.step(f"Redis at {outside.without_password(redis)}"):
                outside.require_redis(redis, pause)
        else:
            with self.step("Valkey (Redis-compatible), embedded"):
                self.start_server(valkey.program(place, log / "valkey.log", pause), lambda: valkey.is_ready(place))
                redis = valkey.url(place)
        return database, redis

    def start_server(self, program: Program, ready: Callable[[], bool]) -> None:
        """Return when the server answers."""
        await_ready(self.supervisor.start(program), ready, self.supervisor.pause)

    def surroundings(self, database: str, redis: str) -> dict[str, str]:
        """Return what the children are told: production's settings, apart from TLS."""
        given = os.environ
        hosts = [*addresses.names(self.wishes.host), *filter(None, given.get("ALLOWED_HOSTS", "").split(","))]
        return {
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "SECRET_KEY": given.get("SECRET_KEY") or self.supervisor.data.secret_key(),
            "ALLOWED_HOSTS": ",".join(dict.fromkeys(hosts)),
            "DEBUG": given.get("DEBUG", "0"),
            "SECURE_COOKIES": given.get("SECURE_COOKIES", "0"),
            "VIVOLLO_LOCAL": "1",
            "VIVOLLO_DATA": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "vivollo.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def prepare_database(self) -> None:
        """Leave the tables as this version wants them, and the demo in an empty database where it is wished for."""
        demo = self.wishes.demo
        with self.step("Database up to date" + (", demo in it" if demo else "")):
            task = self.python("prepare", "vivollo.local.prepare", *(["--demo"] if demo else []))
            code, child = self.supervisor.run_once(task)
            if code:
                raise Trouble(f"The database could not be brought up to date. {_last_words(child)}")

    def start_product(self) -> None:
        """Return when the first page comes and workers wait for its words."""
        web, server = self.wishes.web, self.wishes.server
        processes = f"{web} web process{'es' if web > 1 else ''}"
        with self.step(f"{server.capitalize()} ({processes}), two Celery workers, beat"):
            children = [self.supervisor.start(program) for program in self.programs()]
            deadline = time.monotonic() + READY_LIMIT
            while not addresses.is_ready(self.listening):
                self.supervisor.tend()
                for child in children:
                    if child.crashes >= CRASHES_BEFORE_READY:
                        raise Trouble(f"{child.program.name} does not start. {_last_words(child)}")
                if time.monotonic() > deadline:
                    raise Trouble(f"It did not get ready in {READY_LIMIT:.0f} s. {_last_words(children[0])}")
                self.supervisor.pause(ROUND)

    def programs(self) -> Iterator[Program]:
        """Yield the product's processes. Turns have a worker of their own, so that nothing quick waits behind them."""
        shared = self.listening.fileno()
        for number in range(1, self.wishes.web + 1):
            serve = ["vivollo.local.web", "--fd", str(shared), "--server", self.wishes.server]
            yield self.python(f"web-{number}", *serve, files=(shared,))
        worker = [
            "celery",
            "-A",
            "vivollo",
            "worker",
            "-P",
            "threads",
            "-l",
            "INFO",
            "--without-gossip",
            "--without-mingle",
        ]
        yield self.python("quick", *worker, "-Q", "quick", "-n", "quick@%h", "-c", QUICK_THREADS)
        yield self.python("turns", *worker, "-Q", "turns", "-n", "turns@%h", "-c", TURN_THREADS)
        schedule = self.folder / "beat" / "schedule"
        schedule.parent.mkdir(exist_ok=True)
        yield self.python("beat", "celery", "-A", "vivollo", "beat", "-l", "WARNING", "-s", str(schedule))

    def python(self, name: str, *words: str, files: tuple[int, ...] = ()) -> Program:
        """Return a program of the product that Python runs as a module."""
        return Program(
            name=name,
            arguments=(sys.executable, "-m", *words),
            log=self.folder / "log" / f"{name}.log",
            environment=self.supervisor.record.environment,
            folder=CHECKOUT,
            files=files,
        )

    def greet(self) -> None:
        """Tell the user where everything is, and who may sign in."""
        url, demo = self.supervisor.record.url, self.wishes.demo
        shown = {"Shop": "demo/", "Chat": f"chat/{content.CHAT_PAGE}/"} if demo else {}
        self.console.say(f"\nReady: {url}\n")
        for name, path in (shown | {"Inbox": "inbox/", "Admin": "admin/"}).items():
            self.console.say(f"  {name:<8} {url}{path}")
        if demo:
            self.console.say("\nSign in as")
            for username, password, role in content.SIGN_INS:
                self.console.say(f"  {username:<8} {password:<18} {role}")
        else:
            self.console.say("\nTo sign in, make a teammate: python3 manage.py createsuperuser")
        self.console.say("\nCtrl-C stops everything.")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show that the work inside has begun and, when it went well, that it is done."""
        self.console.begin(name)
        yield
        self.console.done()


def _end_leftovers(data: DataFolder) -> None:
    """End what an earlier run left behind: nothing, unless its guard was killed too."""
    earlier = read_record(data.path)
    for name, pid in earlier.children.items() if earlier else ():
        if name not in SERVERS:  # those are ended by their own notes, gently
            leftovers.end(pid, signal.SIGKILL, time.sleep)
    for folder in earlier.passing if earlier else ():
        if Path(folder).name.startswith(places.PREFIX):
            shutil.rmtree(folder, ignore_errors=True)
    data.clear_record()


def _last_words(child: Child) -> str:
    return f"The last words, from {child.program.log}:\n\n{child.last_words()}"
