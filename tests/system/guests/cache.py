"""What takes long to make is made once, and kept under the user's cache directory, by what it is made of."""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import tempfile

KEPT_OF_EACH = 2  # the newest, so that two branches do not rebuild each other's


def directory():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    path = pathlib.Path(base) / "keventd-tests"
    path.mkdir(parents=True, exist_ok=True)
    return path


def key_of(*ingredients):
    """Of strings, bytes and paths of files: whatever changes what is made."""
    digest = hashlib.sha256()
    for one in ingredients:
        content = one.read_bytes() if isinstance(one, pathlib.Path) else one
        content = content.encode() if isinstance(content, str) else content
        digest.update(str(len(content)).encode() + b"\0" + content)
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def _locked(path):
    """One process at a time; who is killed over it, lets go of it."""
    with open(path, "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def kept(name, ingredients, make):
    """Returns the directory of this name that was made of these ingredients.

    If there is none yet, make(directory) fills an empty one; what it leaves when it raises, is removed.
    """
    wanted = directory() / f"{name}-{key_of(*ingredients)}"
    with _locked(directory() / f"{name}.lock"):
        if not wanted.is_dir():
            _make(wanted, name, make)
        os.utime(wanted)
        _forget_old(name)
    return wanted


def _make(wanted, name, make):
    unfinished = pathlib.Path(tempfile.mkdtemp(prefix=f".{name}-", dir=directory()))
    try:
        make(unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(wanted)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _forget_old(name):
    length = len(key_of())
    ours = [path for path in directory().glob(f"{name}-*") if len(path.name) == len(name) + 1 + length]
    for path in sorted(ours, key=lambda path: path.stat().st_mtime)[:-KEPT_OF_EACH]:
        shutil.rmtree(path, ignore_errors=True)
