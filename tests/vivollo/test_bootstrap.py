"""`manage.py` makes its own environment from the pins, once, and mends what was cut in the middle."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import time

import pytest

from vivollo.local.product import CHECKOUT

BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)
STUB = "import sys\n\n\ndef run(arguments):\n    print(sys.prefix, *arguments[1:])\n"


@pytest.fixture
def checkout(tmp_path):
    """A small checkout: the real manage.py, no pins at all, and a command that says which environment it runs in."""
    package = tmp_path / "checkout" / "vivollo" / "local"
    package.mkdir(parents=True)
    shutil.copy2(CHECKOUT / "manage.py", package.parents[1])
    (package / "commands.py").write_text(STUB)
    for name in ("requirements.txt", "requirements-test.txt"):
        (package.parents[1] / name).write_text("# nothing\n")
    return package.parents[1]


@pytest.fixture
def manage(checkout):
    """The functions of that checkout's manage.py."""
    spec = importlib.util.spec_from_file_location("manage_of_a_small_checkout", checkout / "manage.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def start(checkout, *words, python=BASE_PYTHON):
    return subprocess.Popen(  # noqa: S603
        [python, str(checkout / "manage.py"), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )


def test_two_set_ups_at_once_make_one_environment_and_a_cut_one_is_made_anew(checkout, manage):
    (checkout / "requirements.txt").write_text("# other than what this Python has\nnot-anywhere==1\n")
    cut = start(checkout, "up")
    while not manage.MARK.exists() and cut.poll() is None:
        time.sleep(0.005)
    cut.kill()
    cut.communicate()
    (checkout / "requirements.txt").write_text("# nothing\n")
    if manage.installed() != [manage.UNFINISHED]:
        manage.MARK.write_text(manage.UNFINISHED)
    (manage.VENV / "half-written").touch()
    # With no pins at all any Python 3.11 would do; this one is told to be another, so that both make .venv.
    manager = (checkout / "manage.py").read_text()
    (checkout / "manage.py").write_text(manager.replace("and not missing(name)", "and missing(name) is None"))
    both = [start(checkout, "up", "--port", "1"), start(checkout, "up", "--port", "2")]
    told = [one.communicate(timeout=60) for one in both]
    assert [out for out, _ in told] == [f"{manage.VENV} up --port {number}\n" for number in (1, 2)]
    words = "".join(err for _, err in told)
    assert words.count("Setting up .venv from requirements.txt") == 1
    assert words.count("Set up after") == 1
    assert not (manage.VENV / "half-written").exists()
    assert manage.is_ready("requirements.txt")
    assert not manage.is_ready("requirements-test.txt")
    again = start(checkout, "up").communicate(timeout=30)
    assert again == (f"{manage.VENV} up\n", "")


def test_an_environment_that_has_everything_is_left_alone(checkout):
    for name in ("requirements.txt", "requirements-test.txt"):
        shutil.copy2(CHECKOUT / name, checkout)
    said = start(checkout, "test", "-x", python=sys.executable).communicate(timeout=30)
    assert said == (f"{sys.prefix} test -x\n", "")
    assert not (checkout / ".venv").exists()


def test_tests_and_benchmarks_need_more_than_the_product(manage):
    assert {command: manage.pins_for(command) for command in ("up", "shell", "", "test", "bench")} == {
        "up": manage.RUN,
        "shell": manage.RUN,
        "": manage.RUN,
        "test": manage.TEST,
        "bench": manage.TEST,
    }


def test_a_pin_of_another_version_or_none_at_all_is_missing(manage, checkout):
    here = importlib.metadata.version("django")
    (checkout / manage.RUN).write_text(
        f"django=={here} \\\n    --hash=sha256:0\n"
        "psycopg[binary,pool]==0.1 \\\n    --hash=sha256:0\n"
        "nobody-wrote-this==1\n"
        "only-elsewhere==1 ; sys_platform == 'win32' \\\n    --hash=sha256:0\n"
    )
    assert manage.missing(manage.RUN) == ["psycopg", "nobody-wrote-this"]


def test_changed_pins_are_seen(manage, checkout):
    manage.PYTHON.parent.mkdir(parents=True)
    manage.PYTHON.touch()
    manage.MARK.write_text(manage.mark_line(manage.RUN) + "\n")
    assert manage.is_ready(manage.RUN)
    (checkout / manage.RUN).write_text("# something else\n")
    assert not manage.is_ready(manage.RUN)


def test_another_python_is_told_which_one_to_install(manage, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match=r"runs on Python 3.11 and this one is 3.9. Install Python 3.11"):
        manage.right_python()


def test_another_python_hands_over_to_a_python_3_11_on_the_path(manage, monkeypatch, tmp_path):
    (tmp_path / "python3.11").symlink_to(BASE_PYTHON)
    monkeypatch.setattr(sys, "version_info", (3, 13, 0))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert manage.right_python() == str(tmp_path / "python3.11")


def test_a_python_that_can_fill_no_environment_is_told_the_package(manage, monkeypatch):
    monkeypatch.setattr(manage, "succeeds", lambda command: False)
    with pytest.raises(SystemExit, match=r"apt install python3.11-venv"):
        manage.pip()


def test_a_failed_installation_shows_its_cause_and_is_tried_again_next_time(manage):
    manage.VENV.mkdir()
    manage.MARK.write_text(manage.UNFINISHED)
    with pytest.raises(SystemExit, match=r"(?s)Installing failed: its last words.*no such pin") as told:
        manage.run_or_stop(["/bin/sh", "-c", "echo no such pin; exit 1"], "Installing")
    assert "run this again" in str(told.value)
    with pytest.raises(SystemExit, match="the disk is full; make room"):
        manage.run_or_stop(["/bin/sh", "-c", "echo No space left on device; exit 1"], "Installing")
    assert not manage.is_ready(manage.RUN)


def test_no_file_names_a_package_index():
    for name in ("manage.py", "requirements.txt", "requirements-test.txt", ".ci/run"):
        words = (CHECKOUT / name).read_text()
        assert "index-url" not in words
        assert "find-links" not in words
        assert "://" not in words


def test_ci_runs_the_readmes_test_command():
    assert os.access(CHECKOUT / ".ci" / "run", os.X_OK)
    assert (CHECKOUT / ".ci" / "run").read_text().splitlines()[-1] == "exec python3 manage.py test"


def test_an_unknown_benchmark_is_answered_with_those_that_there_are():
    bench = [sys.executable, str(CHECKOUT / "manage.py"), "bench", "nothing"]
    done = subprocess.run(bench, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 1
    assert "There is no benchmark nothing. There are: " in done.stderr
    assert "Traceback" not in done.stderr
