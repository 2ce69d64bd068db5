// Every message id is explained in the catalog, and the catalog explains no other.

#include "daemon/base/message_ids.h"

#include "tests/support/child_process.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex>
#include <set>
#include <sstream>

namespace keventd::test {
namespace {

using testing::HasSubstr;
using Ids = std::set<std::string>;

Ids idsIn(const std::string& text, const std::regex& pattern) {
    Ids ids;
    for (auto found = std::sregex_iterator(text.begin(), text.end(), pattern);
         found != std::sregex_iterator(); ++found) {
        EXPECT_TRUE(ids.insert(found->str(1)).second) << found->str(1) << " is there twice";
    }
    return ids;
}

Ids idsOfHeader() {
    return idsIn(readFile(MESSAGE_IDS_HEADER), std::regex("MessageId [A-Z][A-Za-z]*\\{\"([^\"]*)\"\\}"));
}

Ids idsOfCatalog() {
    return idsIn(readFile(CATALOG), std::regex("(?:^|\n)-- ([^ \n]*)"));
}

TEST(MessageIds, AreThoseOfTheCatalog) {
    EXPECT_EQ(idsOfHeader(), idsOfCatalog());
    EXPECT_TRUE(idsOfHeader().contains(message_id::Overrun.digits));
    EXPECT_EQ(idsOfHeader().size(), 5U);
}

TEST(MessageIds, AreOf128BitsEach) {
    const std::regex id("[0-9a-f]{32}");
    for (const std::string& digits : idsOfHeader()) EXPECT_TRUE(std::regex_match(digits, id)) << digits;
}

// journalctl keeps what it has read below the root that it is given.
TEST(MessageCatalog, IsTakenByTheJournal) {
    const TemporaryDirectory root;
    const std::filesystem::path directory = root.file("usr/lib/systemd/catalog");
    std::filesystem::create_directories(directory);
    std::filesystem::create_directories(root.file("var/lib/systemd/catalog"));
    std::filesystem::copy_file(CATALOG, directory / "keventd.catalog");
    const std::string option = "--root=" + root.file("");
    const Finished update = run({"journalctl", option, "--update-catalog"});
    if (update.status == 127) GTEST_SKIP() << "journalctl is not installed";
    ASSERT_EQ(update.status, 0) << update.err;
    const Finished listed = run({"journalctl", option, "--no-pager", "--list-catalog"});
    for (const std::string& digits : idsOfHeader()) EXPECT_THAT(listed.out, HasSubstr(digits));
    EXPECT_THAT(listed.out, HasSubstr("keventd: The message bus is gone"));
}

} // namespace
} // namespace keventd::test
