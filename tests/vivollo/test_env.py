"""The environment's readers refuse nonsense by the variable's name, and say what to write instead."""

import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from vivollo import env


def refusal(reader, *words, **more):
    with pytest.raises(env.EnvError) as refused:
        reader(*words, **more)
    return str(refused.value)


@pytest.fixture
def given(monkeypatch):
    monkeypatch.delenv("THING", raising=False)
    return lambda value: monkeypatch.setenv("THING", value)


def test_what_is_not_set_takes_the_default_or_stops_with_its_name(given):
    assert env.text("THING", default="") == ""
    assert env.text("THING", default="blue") == "blue"
    assert "THING is not set" in refusal(env.text, "THING")
    given("   ")
    assert "THING is not set" in refusal(env.text, "THING")


def test_a_refusal_ends_a_program_with_one_sentence_and_no_traceback():
    program = "from vivollo import env; env.secret('A_SECRET_THAT_NOBODY_SET')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 1
    assert done.stderr.startswith("A_SECRET_THAT_NOBODY_SET is not set. Make one with python3 -c")
    assert "Traceback" not in done.stderr


def test_django_takes_a_refusal_for_faulty_configuration():
    assert issubclass(env.EnvError, ImproperlyConfigured)


def test_a_short_secret_is_refused_without_being_shown(given):
    given("hunter2")
    sentence = refusal(env.secret, "THING")
    assert "THING has 7 characters" in sentence
    assert "hunter2" not in sentence
    given("x" * 32)
    assert env.secret("THING") == "x" * 32


@pytest.mark.parametrize(("word", "on"), [("1", True), ("true", True), ("On", True), ("0", False), ("NO", False)])
def test_a_flag_reads_the_usual_words(given, word, on):
    given(word)
    assert env.flag("THING", not on) is on


def test_a_flag_refuses_a_word_that_could_mean_either(given):
    assert env.flag("THING", True) is True
    given("perhaps")
    assert refusal(env.flag, "THING", False) == "THING is 'perhaps'. Write 1 for on or 0 for off."


def test_a_whole_number_keeps_its_limits(given):
    assert env.integer("THING", 8) == 8
    given("12")
    assert env.integer("THING", 8, low=1, high=12) == 12
    assert "Write 13 or more" in refusal(env.integer, "THING", 20, low=13)
    assert "Write 11 or less" in refusal(env.integer, "THING", 2, high=11)
    given("1.5")
    assert "Write a whole number, for example 8" in refusal(env.integer, "THING", 8)


def test_words_between_commas_come_without_blanks(given):
    assert env.items("THING") == []
    assert env.items("THING", default=["a"]) == ["a"]
    assert "THING is not set" in refusal(env.items, "THING", default=None)
    given(" shop.example, ,www.shop.example ")
    assert env.items("THING", default=None) == ["shop.example", "www.shop.example"]


def test_an_address_needs_its_scheme_and_host(given):
    assert env.url("THING", default="") == ""
    given("https://support.example.com/")
    assert env.url("THING") == "https://support.example.com"
    for nonsense in ("support.example.com", "ftp://x.example", "https://", "http://[::1"):
        given(nonsense)
        assert "https://support.example.com" in refusal(env.url, "THING")


def test_a_database_address_becomes_djangos_entry(given):
    given("postgresql://ada:p%40ss@db.example:6432/support?sslmode=require")
    entry = env.database("THING")
    assert (entry["NAME"], entry["HOST"], entry["PORT"]) == ("support", "db.example", "6432")
    assert (entry["USER"], entry["PASSWORD"]) == ("ada", "p@ss")
    assert entry["OPTIONS"]["sslmode"] == "require"
    assert entry["OPTIONS"]["pool"]["max_size"] >= 1
    assert entry["CONN_MAX_AGE"] == 0


def test_a_database_behind_a_socket_file_is_named_by_its_folder(given):
    given("postgresql:///vivollo?host=/run/some%20where&user=vivollo")
    entry = env.database("THING")
    assert (entry["NAME"], entry["HOST"], entry["USER"]) == ("vivollo", "/run/some where", "vivollo")
    assert "host" not in entry["OPTIONS"]
    assert "user" not in entry["OPTIONS"]


@pytest.mark.parametrize(
    "nonsense", ["mysql://localhost/x", "localhost", "postgresql://localhost/", "postgresql://localhost:http/x"]
)
def test_an_address_that_is_no_database_is_refused_without_its_password(given, nonsense):
    given(nonsense.replace("://", "://ada:geheim@"))
    sentence = refusal(env.database, "THING")
    assert sentence.startswith("THING ")
    assert "geheim" not in sentence


def test_a_redis_address_is_kept_and_nonsense_is_refused(given):
    for address in ("redis://:pw@cache:6379/1", "rediss://cache", "unix:///run/redis.sock?db=2"):
        given(address)
        assert env.redis_url("THING") == address
    for nonsense in ("cache:6379", "redis://", "unix://", "http://cache", "redis://cache:port"):
        given(nonsense)
        assert refusal(env.redis_url, "THING").startswith("THING ")


def test_celery_gets_the_same_server_in_its_own_spelling():
    assert env.celery_broker("redis://:pw@cache:6379/1") == "redis://:pw@cache:6379/1"
    assert env.celery_broker("unix:///run/r.sock?db=2") == "redis+socket:///run/r.sock?virtual_host=2"
    assert env.celery_broker("unix://:pw@/run/r.sock") == "redis+socket://:pw@/run/r.sock?virtual_host=0"
