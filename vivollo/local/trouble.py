"""What can go wrong on the user's machine, as one sentence that says what to do."""

import errno
from pathlib import Path


class Trouble(Exception):
    """Ends the command with its sentence; never shown as a traceback."""


class StopAsked(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM; raised at a safe point only."""


def of_file(error: OSError, folder: Path) -> Trouble:
    """Return the trouble that a failed write into the data folder stands for."""
    place = error.filename or folder
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Trouble(
            f"The disk that holds {folder} is full. Make room, or give another folder: --data FOLDER. "
            "What was saved is still there."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Trouble(f"{place} cannot be written to. Give its folder to this user, or name another: --data FOLDER.")
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return Trouble(
            "Too many files are open. Raise the limit with `ulimit -n 4096` in this terminal, then try again."
        )
    return Trouble(f"{place}: {error.strerror or error}.")
