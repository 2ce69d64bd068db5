"""Debian 12 as a guest: its own kernel, systemd, udev and message bus, and the product on top.

What has nothing to do with the product is made once and kept (cache.py): the root file system, by mmdebstrap, as a
directory and as an image, and a small initramfs that goes on to it within a second. The product is a layer over it.
"""

import functools
import os
import pathlib
import platform
import shutil
import subprocess

from guests import acpi, cache, packages, qemu
from guests.packages import Unavailable

FILES = pathlib.Path(__file__).parent / "debian_files"
RELEASE = "bookworm"
BOOT_SECONDS = 120
SETTLE_SECONDS = 60

# The last line is what the product is linked with.
PACKAGES = (
    *("systemd", "systemd-sysv", "udev", "dbus", "kmod", "linux-image-amd64", "initramfs-tools", "busybox", "zstd"),
    "dracut-core",
    *("libnl-3-200", "libnl-genl-3-200", "libsdbus-c++1", "libspdlog1.10", "libtomlplusplus3", "libudev1"),
)
# Neither documents nor drivers for what a virtual machine does not have; nor what dracut does at each shutdown.
LEFT_OUT = (
    *(f"/usr/share/{kind}/*" for kind in ("doc", "info", "locale", "man")),
    *(f"/lib/modules/*/kernel/drivers/{kind}/*" for kind in ("gpu", "iio", "infiniband", "media", "staging")),
    *(f"/lib/modules/*/kernel/{kind}/*" for kind in ("drivers/net/ethernet", "drivers/net/wireless", "sound")),
    "*/sysinit.target.wants/dracut-shutdown.service",
)
FILE_PLACES = {
    "guest-shell.service": "etc/systemd/system",
    "guest-shell": "usr/local/sbin",
    "stack": "etc/keventd-guest",
    "initramfs-stack": "etc/initramfs-tools/scripts/local-bottom",
    "initramfs-hook": "etc/initramfs-tools/hooks",
    "dracut-stack": "etc/keventd-guest",
    "keep-running.conf": "etc/systemd/logind.conf.d",
}
PROGRAMS = sorted(FILES.glob("*.c"))  # compiled, to usr/local/sbin
# Of the small initramfs.
DISK_MODULES = ("virtio_pci", "virtio_blk", "crc32c_generic", "ext4", "overlay")
APPLETS = ("insmod", "mkdir", "mount", "sh", "switch_root", "tar")

# What a first boot would do, is done.
KERNEL_ARGUMENTS = "console=ttyS0 quiet panic=-1 systemd.condition-needs-update=no systemd.getty_auto=no"
DEVICES = (
    *("-device", "qemu-xhci,id=usb"),
    *("-device", "pcie-root-port,id=slot1,chassis=1,slot=1", "-device", "pcie-root-port,id=slot2,chassis=2,slot=2"),
)


def _run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise Unavailable(f"{command[0]}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def require():
    """Raises Unavailable, with the reason, if there can be no such guest here."""
    release = platform.freedesktop_os_release().get("VERSION_CODENAME")
    if platform.machine() != "x86_64" or release != RELEASE:
        raise Unavailable(f"the product is built for the guest on Debian {RELEASE} amd64 only")
    if os.geteuid() != 0:
        raise Unavailable("needs root, to make a root file system")
    packages.need("busybox", "cc", "cpio", "iasl", "mke2fs", "mmdebstrap", "qemu-system-x86_64", "systemctl",
                  "systemd-sysusers")


# --- The root, without the product ---


@functools.lru_cache(maxsize=None)
def root():
    """Returns a directory with `tree`, the root file system, `root.img`, the same as an image, and `initramfs`."""
    versions = packages.versions_of(*PACKAGES)
    files = sorted(path for path in FILES.iterdir() if path.name in FILE_PLACES or path.name in ("init", "stack"))
    return cache.kept("debian", [pathlib.Path(__file__), *files, *PROGRAMS, *versions], _make_root)


def _make_root(directory):
    tree = directory / "tree"
    sources = [path for path in ("/etc/apt/sources.list.d/debian.sources",) if pathlib.Path(path).exists()]
    _run(
        "env", "INITRD=No", "mmdebstrap", "--mode=root", "--variant=minbase", "--format=directory",
        f"--include={','.join(PACKAGES)}", '--aptopt=Apt::Install-Recommends "false"',
        *(f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT),
        RELEASE, tree, *sources,
    )
    for name, place in FILE_PLACES.items():
        (tree / place).mkdir(parents=True, exist_ok=True)
        shutil.copy(FILES / name, tree / place)
    for source in PROGRAMS:
        _run("cc", "-Wall", "-Wextra", "-O1", "-static", "-o", tree / "usr/local/sbin" / source.stem, source)
    (tree / "etc/machine-id").write_text("b" * 32 + "\n")
    (tree / "etc/hostname").write_text("guest\n")
    _run("systemctl", f"--root={tree}", "enable", "guest-shell.service")
    _make_initramfs(tree, directory)
    _run("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal,^metadata_csum", "-m", "0", "-d", tree,
         directory / "root.img", "1500M")  # sparse


def _make_initramfs(tree, directory):
    contents = directory / "contents"
    for name in ("bin", "dev", "modules", "proc", "sys"):
        (contents / name).mkdir(parents=True)
    shutil.copy(shutil.which("busybox"), contents / "bin/busybox")
    for applet in APPLETS:
        (contents / "bin" / applet).symlink_to("busybox")
    for name in ("init", "stack"):
        shutil.copy(FILES / name, contents)
    modules = _in_order_of_loading(tree, DISK_MODULES)
    for module in modules:
        shutil.copy(module, contents / "modules")
    (contents / "modules/list").write_text("".join(f"{module.name}\n" for module in modules))
    with open(directory / "initramfs", "wb") as archive:
        names = "\n".join(str(path.relative_to(contents)) for path in sorted(contents.rglob("*")))
        subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"],
                       cwd=contents, input=names.encode(), stdout=archive, check=True)
    shutil.rmtree(contents)


def _in_order_of_loading(tree, wanted):
    """The files of these modules, each after those that it needs; without those that are built in."""
    (directory,) = (tree / "usr/lib/modules").iterdir()
    needs = {}
    for line in (directory / "modules.dep").read_text().splitlines():
        path, _, others = line.partition(":")
        needs[pathlib.Path(path).stem] = [directory / name for name in reversed(others.split())] + [directory / path]
    files = [file for name in wanted for file in needs.get(name, [])]
    return list(dict.fromkeys(files))


def kernel():
    (path,) = (root() / "tree/boot").glob("vmlinuz-*")
    return path


# --- The guest ---


class Debian:
    """A Debian with the product installed, or without: what a guest is made of, from one boot to the next."""

    def __init__(self, layer=None):
        require()
        self._disks = [("root", root() / "root.img")]
        if layer is not None:
            self._disks.append(("product", layer))

    def _options(self, initramfs, arguments):
        options = ["-kernel", kernel(), "-initrd", initramfs, "-append", f"{KERNEL_ARGUMENTS} {arguments}"]
        for name, image in self._disks:
            options += ["-drive", f"if=none,id={name},file={image},format=raw,readonly=on"]
            options += ["-device", f"virtio-blk-pci,drive={name}"]
        return [*map(str, options), *DEVICES, *acpi.options()]

    def boot(self, initramfs=None, arguments=""):
        """Returns a guest that has come up; with the initramfs of Debian, or our own that is small."""
        guest = qemu.Guest(self._options(initramfs or root() / "initramfs", arguments))
        try:
            guest.await_shell(BOOT_SECONDS)
            guest.attempt("systemctl is-system-running --wait", SETTLE_SECONDS)
            guest.shell("udevadm settle", SETTLE_SECONDS)
        except BaseException:
            guest.close()
            raise
        return guest

    def save(self, guest, path):
        """Saves a guest that boot() has returned, and ends it."""
        guest.save(path)
        guest.close()

    def restore(self, path):
        return qemu.Guest.restored(self._options(root() / "initramfs", ""), path)


def make_initramfs(tool, installed, output):
    """Has initramfs-tools or dracut make an initramfs of the guest, with the product installed in a directory."""
    _run("unshare", "--mount", "--propagation=private", "--pid", "--fork", "--kill-child",
         FILES / "make-initramfs", tool, root() / "tree", installed, output)
