"""Debian packages that a guest is made of: taken from the mirror and unpacked, not installed."""

import functools
import pathlib
import shutil
import subprocess

from guests import cache


class Unavailable(Exception):
    """Something that a guest needs cannot be had here: a reason to skip, in words."""


def need(*programs):
    """Raises Unavailable if one of these programs is not installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise Unavailable(f"not installed: {', '.join(missing)}")


def _said_by(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unavailable(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def versions_of(*packages):
    """The versions that the mirror has, in this order."""
    need("apt-cache", "apt-get", "dpkg")
    versions = _known_versions_of(packages)
    if len(versions) != len(packages):  # the package lists may be absent: a fresh image
        _said_by("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", "update")
        versions = _known_versions_of(packages)
    if len(versions) != len(packages):
        raise Unavailable(f"not all to be had from the mirror: {', '.join(packages)}")
    return versions


def _known_versions_of(packages):
    versions = []
    for line in _said_by("apt-cache", "policy", *packages).splitlines():
        key, _, value = line.strip().partition(": ")
        if key == "Candidate" and value != "(none)":
            versions.append(value)
    return versions


@functools.lru_cache(maxsize=None)
def version_of(package):
    return versions_of(package)[0]


def dependency_of(package, prefix):
    """The name of the package that this one depends on and that begins so: linux-image-amd64, linux-image-6…"""
    for line in _said_by("apt-cache", "depends", package).splitlines():
        kind, _, name = line.strip().partition(": ")
        if kind == "Depends" and name.startswith(prefix):
            return name
    raise Unavailable(f"{package} depends on no {prefix}…")


def unpacked(package):
    """Returns a directory with the files of the package, and nothing of what it depends on."""

    def unpack(directory):
        subprocess.run(["apt-get", "-qq", "download", package], cwd=directory, check=True, capture_output=True)
        (archive,) = pathlib.Path(directory).glob("*.deb")
        subprocess.run(["dpkg", "-x", archive, directory], check=True, capture_output=True)
        archive.unlink()

    try:
        return cache.kept(package, [package, version_of(package)], unpack)
    except subprocess.CalledProcessError as error:
        raise Unavailable(f"cannot download {package}: {error.stderr.decode(errors='replace').strip()}") from error
