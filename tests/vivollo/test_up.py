"""`manage.py up` keeps the whole product running on one machine, and says plainly what is wrong."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psycopg
import pytest
import redis

from vivollo.local import addresses, children, commands, outside
from vivollo.local.children import Child, Program
from vivollo.local.data import DataFolder, Record, read_record
from vivollo.local.data import running as running_on
from vivollo.local.guard import Guard, is_alive
from vivollo.local.product import CHECKOUT, Product, running
from vivollo.local.trouble import Trouble, of_file


def up(folder: Path, *options: str, **environment: str) -> tuple[int, str]:
    """Run `up` where it should refuse at once; return its exit code and its words."""
    product = Product(folder, *options, **environment)
    code = product.process.wait(timeout=30)
    return code, product.said


def until(what, limit: float = 10.0):
    deadline = time.monotonic() + limit
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
    return found


def page(product: Product) -> int:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"{product.url}healthz", timeout=15).status_code
    return 0


def save(product: Product, word: str) -> None:
    """Have both servers acknowledge a word."""
    with psycopg.connect(product.record.environment["DATABASE_URL"]) as database:
        database.execute("CREATE TABLE IF NOT EXISTS test_words (word text)")
        database.execute("INSERT INTO test_words VALUES (%s)", [word])
    with redis.Redis.from_url(product.record.environment["REDIS_URL"]) as server:
        server.rpush("test_words", word)


def saved(product: Product) -> tuple[list[str], list[str]]:
    with psycopg.connect(product.record.environment["DATABASE_URL"]) as database:
        rows = [word for (word,) in database.execute("SELECT word FROM test_words ORDER BY word")]
    with redis.Redis.from_url(product.record.environment["REDIS_URL"], decode_responses=True) as server:
        return rows, sorted(server.lrange("test_words", 0, -1))


def everybody(product: Product) -> list[int]:
    return [product.record.guard, *product.record.children.values()]


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """One running product for the sentences that leave it running."""
    with running(tmp_path_factory.mktemp("up") / "data", "--no-demo", "--web", "2") as product:
        yield product


class TestWhileItRuns:
    def test_it_says_where_it_is_when_the_first_page_comes(self, product):
        assert f"Ready: http://127.0.0.1:{product.record.port}/" in product.said
        assert page(product) == 200

    def test_its_secrets_are_readable_by_its_owner_only(self, product):
        for name in ("secret-key", "up.json"):
            assert (product.folder / name).stat().st_mode & 0o077 == 0

    def test_its_servers_are_reached_by_socket_files_that_only_its_user_may_enter(self, product):
        database = product.record.environment["DATABASE_URL"]
        folder = Path(database.split("host=")[1].split("&")[0]).parent
        assert folder.stat().st_mode & 0o077 == 0
        assert folder.stat().st_uid == os.geteuid()

    def test_a_second_one_on_the_same_data_names_the_first_and_harms_nothing(self, product):
        for options in ((), ("--fresh",)):
            code, said = up(product.folder, *options)
            assert code == 1
            assert f"process {product.process.pid}, port {product.record.port}" in said
            assert "Traceback" not in said
        assert page(product) == 200

    def test_a_taken_port_is_named_and_another_one_proposed(self, product, tmp_path):
        port = product.record.port
        code, said = up(tmp_path / "data", "--port", str(port))
        assert code == 1
        assert f"Port {port} is taken" in said
        assert f"--port {port + 1}" in said

    def test_a_killed_worker_comes_back(self, product):
        for name in ("quick", "turns", "beat"):
            assert product.kill(name) < 2
        assert "turns │ was ended by SIGKILL; starting it again" in product.said

    def test_a_request_that_comes_while_no_web_process_lives_is_answered_by_the_next(self, product):
        for name in ("web-1", "web-2"):
            os.kill(product.pid(name), signal.SIGKILL)
        assert page(product) == 200

    def test_killed_servers_come_back_with_all_that_they_acknowledged(self, product):
        save(product, "before the servers were killed")
        for name in ("postgres", "valkey"):
            assert product.kill(name) < 3
        until(lambda: _answers(product))
        assert saved(product) == (["before the servers were killed"],) * 2

    def test_a_killed_guard_is_replaced(self, product):
        first = product.record.guard
        os.kill(first, signal.SIGKILL)
        assert until(lambda: product.record.guard != first and is_alive(product.record.guard))

    def test_other_commands_work_on_the_running_product_unless_told_otherwise(self, product, monkeypatch):
        for name in product.record.environment:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("SECRET_KEY", "my own")
        commands.borrow_surroundings(product.folder)
        assert os.environ["DATABASE_URL"] == product.record.environment["DATABASE_URL"]
        assert os.environ["SECRET_KEY"] == "my own"


def _answers(product: Product) -> bool:
    try:
        return bool(saved(product))
    except (psycopg.Error, redis.RedisError):
        return False


def test_what_was_acknowledged_survives_kill_9_of_everything_that_could_tidy_up(product):
    """First the supervisor alone, whose guard tidies up; then both, and the next run finds what they left."""
    save(product, "a")
    left, passing, began = everybody(product), product.record.passing, time.monotonic()
    product.process.kill()
    product.process.wait()
    until(lambda: not any(map(is_alive, left)), limit=2)
    assert time.monotonic() - began < 1
    assert not any(Path(folder).exists() for folder in passing)
    with running(product.folder, "--no-demo") as second:
        assert all("a" in words for words in saved(second))
        save(second, "b")
        left, passing = everybody(second), second.record.passing
        os.kill(second.record.guard, signal.SIGSTOP)  # it would be replaced if it were killed first
        second.process.kill()
        os.kill(second.record.guard, signal.SIGKILL)
        second.process.wait()
        assert any(map(is_alive, left))
    with running(product.folder, "--no-demo", "--port", str(second.record.port)) as third:
        assert not any(map(is_alive, left))
        assert not any(Path(folder).exists() for folder in passing)
        assert all({"a", "b"} <= set(words) for words in saved(third))
        left, began = everybody(third), time.monotonic()
        assert third.stop(signal.SIGINT) == 0
        assert time.monotonic() - began < 6
        assert not any(map(is_alive, left))
        assert "Stopped after" in third.said
        assert running_on(product.folder) is None


class TestRefusals:
    def test_a_folder_with_somebodys_files_is_left_alone(self, tmp_path):
        (tmp_path / "media").mkdir()
        code, said = up(tmp_path, "--fresh")
        assert code == 1
        assert "holds media, which no `up` made. Give a folder of its own: --data FOLDER." in said
        assert (tmp_path / "media").exists()

    def test_fresh_deletes_what_up_made_and_nothing_else(self, tmp_path):
        data = DataFolder(tmp_path)
        (tmp_path / "postgres-18" / "base").mkdir(parents=True)
        (tmp_path / "secret-key").write_text("old")
        (tmp_path / "holiday.txt").write_text("mine")
        data.empty()
        assert not (tmp_path / "postgres-18").exists()
        assert not (tmp_path / "secret-key").exists()
        assert (tmp_path / "holiday.txt").read_text() == "mine"

    @pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that even root may not write to")
    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path):
        product = Product(tmp_path / "data", "--data", "/sys/vivollo")
        assert product.process.wait(timeout=30) == 1
        assert "/sys/vivollo cannot be written to" in product.said
        assert "--data FOLDER" in product.said
        assert "Traceback" not in product.said

    def test_a_full_disk_is_said_before_anything_is_made(self, tmp_path):
        with pytest.raises(Trouble, match=r"has \d+ MB left and `up` needs about \d+ MB. Make room"):
            DataFolder(tmp_path).require_room(needed=10**18)
        full = of_file(OSError(28, "No space left on device"), tmp_path)
        assert f"The disk that holds {tmp_path} is full. Make room" in str(full)

    def test_data_of_another_major_version_is_not_touched(self, tmp_path):
        DataFolder(tmp_path)
        (tmp_path / "postgres-17").mkdir()
        code, said = up(tmp_path, "--no-demo")
        assert code == 1
        assert "was made by PostgreSQL 17" in said
        assert not (tmp_path / "postgres-18").exists()

    @pytest.mark.parametrize(("option", "word", "told"), [("--port", "http", "0 to 65535"), ("--web", "0", "1 to 64")])
    def test_a_wrong_word_gets_the_usage(self, tmp_path, option, word, told):
        code, said = up(tmp_path / "data", option, word)
        assert code == 2
        assert f"argument {option}: {word} is no number from {told}" in said
        assert "Traceback" not in said

    def test_a_host_that_is_not_here_is_refused(self, tmp_path):
        code, said = up(tmp_path / "data", "--host", "192.0.2.1")
        assert code == 1
        assert "192.0.2.1 is no address of this machine" in said

    def test_a_database_that_does_not_answer_is_named_without_its_password(self):
        with pytest.raises(Trouble) as told:
            outside.require_database("postgresql://ada:geheim@127.0.0.1:1/shop", time.sleep, limit=0)
        sentence = str(told.value)
        assert "postgresql://ada@127.0.0.1:1/shop (DATABASE_URL) does not answer" in sentence
        assert "without DATABASE_URL, the embedded PostgreSQL is used" in sentence
        assert "geheim" not in sentence

    def test_a_redis_that_does_not_answer_is_named(self):
        with pytest.raises(Trouble, match=r"redis://127.0.0.1:1/0 \(REDIS_URL\) does not answer: .*refused"):
            outside.require_redis("redis://127.0.0.1:1/0", time.sleep, limit=0)


def test_servers_of_the_users_own_are_used_where_they_are_named(tmp_path):
    ours = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    product = Product(tmp_path / "data", "--no-demo", **ours)
    try:
        until(lambda: "Database up to date" in product.said, limit=30)
        assert "PostgreSQL at postgresql:///vivollo" in product.said
        record = until(lambda: read_record(product.folder), limit=30)
        assert "postgres" not in record.children
        assert not list(product.folder.glob("postgres-*"))
    finally:
        assert product.stop() == 0


class TestChildren:
    @pytest.fixture
    def child(self, tmp_path):
        guard = Guard()
        yield lambda *words: Child(Program(name="a child", arguments=words, log=tmp_path / "child.log"), guard)
        guard.close()

    def test_each_crash_in_a_row_doubles_the_wait_up_to_a_limit(self, child):
        false = child("/bin/false")
        false.start()
        assert until(lambda: false.ended()) == 1
        waits = [false.schedule_return() for _ in range(10)]
        assert waits[:3] == [0.2, 0.4, 0.8]
        assert waits[-1] == children.LONGEST_DELAY

    def test_a_child_that_was_well_for_a_while_starts_without_a_past(self, child, monkeypatch):
        false = child("/bin/false")
        false.start()
        for _ in range(5):
            false.schedule_return()
        monkeypatch.setattr(children, "WELL_AFTER", 0.0)
        assert false.schedule_return() == children.FIRST_DELAY

    def test_only_problems_in_its_log_are_shown_and_not_too_many(self, child):
        script = 'echo fine; for i in 1 2 3 4 5 6 7; do echo "ERROR number $i"; done; echo ValueError: seven'
        noisy = child("/bin/sh", "-c", script)
        noisy.start()
        until(lambda: noisy.ended() is not None)
        assert list(noisy.problems()) == [f"ERROR number {number}" for number in range(1, 6)]
        assert list(noisy.problems()) == []

    def test_a_child_deaf_to_the_first_signal_is_cut(self, tmp_path):
        guard = Guard()
        deaf = Child(
            Program(
                name="deaf",
                arguments=("/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"),
                log=tmp_path / "deaf.log",
                patience=0.2,
            ),
            guard,
        )
        deaf.start()
        until(lambda: "deaf" in deaf.last_words())
        began = time.monotonic()
        children.stop_all([deaf])
        guard.close()
        assert 0.2 <= time.monotonic() - began < 2


def test_throwaway_servers_do_not_outlive_a_killed_test_run():
    script = (
        "import time; from vivollo.local.servers import throwaway\n"
        "with throwaway() as urls: print(*urls, flush=True); time.sleep(60)"
    )
    run = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=CHECKOUT)  # noqa: S603
    database, server = run.stdout.readline().split()
    folder = Path(server.removeprefix("unix://").split("?")[0]).parent.parent
    with psycopg.connect(database) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)
        assert connection.execute("SELECT upper('ı'), 'ç' < 'd' COLLATE \"C\"").fetchone() == ("I", False)
    run.kill()
    run.wait()
    until(lambda: not folder.exists(), limit=3)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database)


def test_a_listening_socket_holds_visitors_until_a_web_process_takes_them():
    with addresses.listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()) as visitor:
        visitor.sendall(b"hello")
        taken, _ = listening.accept()
        with taken:
            assert taken.recv(5) == b"hello"


def test_a_product_open_to_the_network_answers_to_the_machines_own_name():
    assert socket.gethostname() in addresses.names("0.0.0.0")  # noqa: S104
    assert addresses.names("127.0.0.1") == ["localhost", "127.0.0.1", "[::1]", "127.0.0.1"]


def test_a_record_is_written_whole_and_only_when_something_changed(tmp_path):
    data, record = DataFolder(tmp_path), Record(pid=1, port=2, url="http://localhost/")
    data.write(record)
    first = (tmp_path / "up.json").stat().st_ino
    data.write(record)
    assert (tmp_path / "up.json").stat().st_ino == first
    record.children["turns"] = 7
    data.write(record)
    assert (tmp_path / "up.json").stat().st_ino != first
