#include "daemon/sources/mount_table.h"

#include "daemon/base/c_handles.h"

#include <cstdio>
#include <libmount.h>
#include <memory>
#include <string>
#include <sys/sysmacros.h>
#include <utility>

namespace keventd {
namespace {

using FileHandle = std::unique_ptr<FILE, CDeleter<fclose>>;
using LibmountTable = std::unique_ptr<libmnt_table, CDeleter<mnt_unref_table>>;
using LibmountIterator = std::unique_ptr<libmnt_iter, CDeleter<mnt_free_iter>>;

std::string textOf(const char* text) {
    return text == nullptr ? std::string() : std::string(text);
}

// @return of libmount: go on with the next line
int onBadLine(libmnt_table* table, const char* /*name*/, int /*line*/) {
    ++*static_cast<std::size_t*>(mnt_table_get_userdata(table));
    return 1;
}

Mount mountOf(libmnt_fs* entry) {
    Mount mount;
    mount.id = mnt_fs_get_id(entry);
    mount.parent = mnt_fs_get_parent_id(entry);
    mount.major = major(mnt_fs_get_devno(entry));
    mount.minor = minor(mnt_fs_get_devno(entry));
    mount.root = textOf(mnt_fs_get_root(entry));
    mount.mountpoint = textOf(mnt_fs_get_target(entry));
    mount.fstype = textOf(mnt_fs_get_fstype(entry));
    mount.source = textOf(mnt_fs_get_source(entry));
    mount.options = textOf(mnt_fs_get_vfs_options(entry));
    mount.superOptions = textOf(mnt_fs_get_fs_options(entry));
    mount.propagation = textOf(mnt_fs_get_optional_fields(entry));
    return mount;
}

// From the first line libmount guesses what file this is; only lines of mountinfo have ids and a root.
bool isOfMountinfo(const Mount& mount) {
    return mount.id > 0 && !mount.root.empty() && !mount.mountpoint.empty();
}

} // namespace

const Mount* MountTable::find(int id) const {
    const auto found = mounts_.find(id);
    return found == mounts_.end() ? nullptr : &found->second;
}

std::optional<ParsedMounts> parseMountinfo(std::span<const char> text) {
    ParsedMounts parsed;
    if (text.empty()) return parsed;
    // fmemopen(3) takes what it only reads as if it wrote there.
    const FileHandle file(fmemopen(const_cast<char*>(text.data()), text.size(), "r"));
    const LibmountTable table(mnt_new_table());
    const LibmountIterator all(mnt_new_iter(MNT_ITER_FORWARD));
    if (!file || !table || !all) return std::nullopt;
    mnt_table_set_userdata(table.get(), &parsed.refused);
    mnt_table_set_parser_errcb(table.get(), onBadLine);
    if (mnt_table_parse_stream(table.get(), file.get(), "mountinfo") < 0) return std::nullopt;

    for (libmnt_fs* entry = nullptr; mnt_table_next_fs(table.get(), all.get(), &entry) == 0;) {
        Mount mount = mountOf(entry);
        if (isOfMountinfo(mount)) {
            parsed.table.set(std::move(mount));
        } else {
            ++parsed.refused;
        }
    }
    return parsed;
}

} // namespace keventd
