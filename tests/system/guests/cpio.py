"""Archives as the kernel unpacks them for its first root: cpio, form "newc".

Written by ourselves, because device nodes and files of root then need neither privilege nor a directory to lie in.
Described in the kernel's Documentation/driver-api/early-userspace/buffer-format.rst.
"""

import stat

MAGIC = "070701"
ALIGNMENT = 4
END = "TRAILER!!!"


class Archive:
    """Writes to a binary file; everything belongs to root. A directory has to come before what is in it."""

    def __init__(self, file):
        self._file = file
        self._inode = 0
        self._names = set()

    def directory(self, name, mode=0o755):
        self._entry(name, stat.S_IFDIR | mode)

    def file(self, name, content, mode=0o644):
        self._entry(name, stat.S_IFREG | mode, content)

    def link(self, name, target):
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def character_device(self, name, major, minor, mode=0o600):
        self._entry(name, stat.S_IFCHR | mode, device=(major, minor))

    def has(self, name):
        return name.strip("/") in self._names

    def end(self):
        self._entry(END, 0)

    def _entry(self, name, mode, content=b"", device=(0, 0)):
        path = name.strip("/")
        assert not self.has(path), f"{path} is there twice"
        self._names.add(path)
        self._inode += 1
        named = path.encode() + b"\0"
        links = 2 if stat.S_ISDIR(mode) else 1
        numbers = [self._inode, mode, 0, 0, links, 0, len(content), 0, 0, *device, len(named), 0]
        header = MAGIC + "".join(f"{number:08X}" for number in numbers)
        self._write_aligned(header.encode() + named)
        self._write_aligned(content)

    def _write_aligned(self, data):
        self._file.write(data + b"\0" * (-len(data) % ALIGNMENT))
