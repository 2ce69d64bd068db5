"""The product, installed into a directory as a package would install it, and as a layer over a guest's root."""

import json
import os
import pathlib
import shutil
import subprocess
import tarfile

from guests.packages import Unavailable

TOP = pathlib.Path(__file__).resolve().parents[3]
SOCKETS = ("keventd.socket", *(f"keventd-{name}.socket" for name in ("kernel", "udev", "link", "address")))
UNITS = ("keventd.service", *SOCKETS)
ACCOUNTS = ("passwd", "group", "shadow", "gshadow")
LEFT_OUT = ("usr/include", "usr/share/doc", "usr/share/man")


def build_directory():
    return pathlib.Path(os.environ.get("KEVENTD_BUILD") or TOP / "build").resolve()


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}")


def install(directory, root):
    """Installs what was built into an empty directory, for a system with this root: with its user, units enabled."""
    build = build_directory()
    options = _options_of(build)
    if options["b_sanitize"] != "none":
        raise Unavailable("built with sanitizers, with which an emulated machine is too slow")
    _run("meson", "install", "-C", build, "--no-rebuild", "--quiet", "--strip", "--destdir", directory)
    _move_to_usr(directory, options["prefix"])
    for name in LEFT_OUT:
        shutil.rmtree(directory / name, ignore_errors=True)
    etc = directory / "etc"
    etc.mkdir(exist_ok=True)
    for name in ACCOUNTS:
        shutil.copy(root / "etc" / name, etc)
    _run("systemd-sysusers", f"--root={directory}", directory / "usr/lib/sysusers.d/keventd.conf")
    _run("systemctl", "--quiet", f"--root={directory}", "preset", *UNITS)


def _options_of(build):
    options = json.loads((build / "meson-info/intro-buildoptions.json").read_text())
    return {option["name"]: option["value"] for option in options}


def _move_to_usr(directory, prefix):
    """Where a package has it: there the message bus and initramfs-tools look. ./test builds for /usr/local."""
    if prefix == "/usr":
        return
    aside = directory / "moved"
    (directory / prefix.lstrip("/")).rename(aside)
    shutil.rmtree(directory / "usr", ignore_errors=True)
    aside.rename(directory / "usr")
    for name in ("lib", "share"):
        for path in (directory / "usr" / name).rglob("*"):
            if path.is_file() and not path.is_symlink() and b"\0" not in (content := path.read_bytes()):
                path.write_bytes(content.replace(f"{prefix}/".encode(), b"/usr/"))


def pack(directory, archive):
    """As a layer: an archive in which everything is root's."""

    def owned_by_root(member):
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mode |= 0o755 if member.isdir() else 0  # the layer's "." is the root's
        return member

    with tarfile.open(archive, "w") as layer:
        layer.add(directory, arcname=".", filter=owned_by_root)
