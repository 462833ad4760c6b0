"""Who runs the embedded servers, and how they reach their files.

PostgreSQL refuses to run as root, so root runs both servers as `nobody`. Their folders usually lie under folders that
only root may enter (a checkout in /root, a temporary folder); opening those to everybody is not ours to do. Root opens
the server's own folder instead and hands it over: the server reaches it as /proc/self/fd/N and can go nowhere else.
"""

import os
import pwd
import shutil
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

from vivollo.local.trouble import Trouble


@dataclass(slots=True)
class Account:
    """The user that the servers run as; `uid` is None where that is simply us."""

    uid: int | None = None
    gid: int | None = None
    folders: dict[Path, int] = field(default_factory=dict)

    def own(self, folder: Path) -> str:
        """The folder exists, belongs to this account alone, and is reached by the server under the returned name."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.uid is None or self.gid is None:
            return str(folder)
        if any(path.stat().st_uid != self.uid for path in (folder, *folder.iterdir())):  # new, or somebody copied it
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)
        if folder not in self.folders:
            self.folders[folder] = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        return f"/proc/self/fd/{self.folders[folder]}"

    def programs(self, installed: Path, roots: list[str], copies: Path) -> Path:
        """Return where the account can run the programs of a package: as installed, or else a copy."""
        installed = installed.resolve()  # a link to the environment may lie in a private folder, its target not
        if self.uid is None or _anybody_may_run(installed / roots[0]):
            return installed
        for root in roots:
            if not (copies / root).exists():
                _copy(installed / root, copies / root)
        return copies

    def close(self) -> None:
        """Let go of the folders."""
        for descriptor in self.folders.values():
            os.close(descriptor)
        self.folders.clear()


def for_servers() -> Account:
    """Return the account that the embedded servers run as on this machine."""
    if os.geteuid() != 0:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError:
            raise Trouble(
                f"The user number {os.geteuid()} has no name on this machine, and the embedded PostgreSQL needs one. "
                "Run as a user with a name, or set DATABASE_URL and REDIS_URL to servers of your own."
            ) from None
        return Account()
    if sys.platform != "linux" or not Path("/proc/self/fd").is_dir():
        raise Trouble("The embedded servers do not run as root here. Run this as an ordinary user.")
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Trouble(
            "This is root, and there is no user `nobody` to run the embedded servers as. Run this as an ordinary user."
        ) from None
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)


def _anybody_may_run(path: Path) -> bool:
    """Whether each folder on the way down to the path may be entered by everybody."""
    real = path.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (real, *real.parents))


def _copy(source: Path, target: Path) -> None:
    """What a server needs of its package stands at the target: 20 MB, 0.2 s."""
    if source.is_file():
        shutil.copy2(source, target)
    else:
        shutil.copytree(source, target, symlinks=True, ignore=_not_needed)


def _not_needed(folder: str, names: list[str]) -> list[str]:
    if Path(folder).name == "bin":
        return [name for name in names if name not in ("postgres", "initdb")]
    return [name for name in names if name in ("include", "pkgconfig", "__pycache__") or name.endswith((".a", ".py"))]
