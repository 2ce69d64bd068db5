"""The first root of a guest: busybox, what was built, and a script that is the first process.

What was built is taken from the build directory $KEVENTD_BUILD, or build/ at the top of the tree, without its debugging
symbols and with the libraries that it needs. Programs of the tests are compiled once, and linked statically.
"""

import os
import pathlib
import subprocess
import tempfile

from guests import cache, cpio, packages

TOP = pathlib.Path(__file__).resolve().parents[3]
FILES = pathlib.Path(__file__).resolve().parent / "uml_files"
SCRIPTS = sorted(FILES.glob("*.sh"))  # they come to /test
PROGRAMS = sorted(FILES.glob("*.c"))  # these, too, compiled
PRODUCT = ("daemon/keventd", "client/keventctl", "daemon/hotplug/keventd-hotplug")
DIRECTORIES = ("bin", "dev", "lib", "proc", "results", "run", "sbin", "sys", "test", "tmp", "var")


def build_directory():
    return pathlib.Path(os.environ.get("KEVENTD_BUILD") or TOP / "build").resolve()


def product():
    """Returns the programs that were built, by name."""
    paths = [build_directory() / path for path in PRODUCT]
    for path in paths:
        if not path.exists():
            raise packages.Unavailable(f"{path} has not been built")
    return {path.name: path for path in paths}


def libraries_of(programs):
    """Returns what the programs are linked with: {path in the guest: path here}."""
    found = {}
    for program in programs:
        said = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
        for words in map(str.split, said.splitlines()):
            if "=>" in words and words[2].startswith("/"):
                found[f"/lib/{words[0]}"] = pathlib.Path(words[2])
            elif words[0].startswith("/"):  # the loader, whose path is in each program
                found[words[0]] = pathlib.Path(words[0])
    return found


def stripped(program):
    """Returns the program without debugging symbols, which are most of it."""
    with tempfile.NamedTemporaryFile() as copy:
        subprocess.run(["strip", "-o", copy.name, program], check=True)
        return pathlib.Path(copy.name).read_bytes()


def test_programs():
    """Returns the directory with the compiled programs of the tests."""

    def compile_all(directory):
        for source in PROGRAMS:
            program = directory / source.stem
            subprocess.run(["cc", "-Wall", "-Wextra", "-O1", "-static", "-o", program, source], check=True)

    packages.need("cc")
    return cache.kept("guest-programs", PROGRAMS, compile_all)


def add_busybox(archive):
    """The program, and a name for all that it can do."""
    busybox = packages.unpacked("busybox-static") / "bin" / "busybox"
    archive.file("/bin/busybox", busybox.read_bytes(), 0o755)
    listing = subprocess.run([busybox, "--list"], check=True, capture_output=True, text=True).stdout
    for applet in set(listing.split()) - {"busybox"}:
        archive.link(f"/bin/{applet}", "busybox")


def add_product(archive):
    programs = product()
    if b"__asan_init" in programs["keventd"].read_bytes():
        raise packages.Unavailable("a user-mode-linux has no address space for the shadow of a sanitizer")
    for name, path in programs.items():
        archive.file(f"/sbin/{name}", stripped(path), 0o755)
    for name, path in libraries_of(programs.values()).items():
        directory = os.path.dirname(name)
        if not archive.has(directory):
            archive.directory(directory)
        archive.file(name, path.read_bytes(), 0o755)


def add_tests(archive, files):
    for script in SCRIPTS:
        archive.file(f"/test/{script.name}", script.read_bytes(), 0o755)
    for program in test_programs().iterdir():
        archive.file(f"/test/{program.name}", program.read_bytes(), 0o755)
    for name, content in files.items():
        archive.file(f"/test/{name}", content, 0o600)
    archive.link("/init", "test/init.sh")


def write(path, helper="/sbin/keventd-hotplug", files=None):
    """Writes an initramfs.

    helper  what the kernel runs for each event, from before there is any process on; it is built to run /sbin/hotplug
    files   name and content of what the script finds in /test
    """
    packages.need("ldd", "strip")
    with open(path, "wb") as file:
        archive = cpio.Archive(file)
        for directory in DIRECTORIES:
            archive.directory(f"/{directory}")
        archive.character_device("/dev/console", 5, 1)
        archive.character_device("/dev/null", 1, 3, 0o666)
        add_busybox(archive)
        add_product(archive)
        add_tests(archive, files or {})
        archive.link("/sbin/hotplug", helper)
        archive.end()
