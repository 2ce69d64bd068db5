// Which files are read, in which order, and what is said of those that cannot be.

#include "daemon/config/config_files.h"

#include "daemon/config/config_keys.h"
#include "tests/support/temporary_directory.h"

#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/stat.h>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class ConfigFiles : public testing::Test {
protected:
    std::string write(const std::string& name, const std::string& contents) {
        const std::string path = directory_.file(name);
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path) << contents;
        return path;
    }
    [[nodiscard]] std::string path(const std::string& name) const { return directory_.file(name); }

    /// Like ConfigPlaces::standard(), with other roots.
    [[nodiscard]] ConfigPlaces places() const {
        return {.file = path("etc/k.toml"),
                .mayBeMissing = true,
                .dropInDirectories = {path("etc/k.toml.d"), path("run/k.toml.d"), path("usr/k.toml.d")}};
    }

private:
    TemporaryDirectory directory_;
};

std::string calls(int count) {
    return "limits.client.calls = " + std::to_string(count) + "\n";
}

TEST_F(ConfigFiles, MayAllBeMissing) {
    const LoadedConfig loaded = loadConfig(places());
    EXPECT_THAT(loaded.complaints, IsEmpty());
    EXPECT_THAT(loaded.files, IsEmpty());
    EXPECT_EQ(loaded.settings, Settings());
}

TEST_F(ConfigFiles, ThatIsNamedMustBeThere) {
    EXPECT_THAT(loadConfig(ConfigPlaces::of(path("k.toml"))).complaints,
                ElementsAre(path("k.toml") + ": open: No such file or directory"));
}

TEST_F(ConfigFiles, AreOverruledByDropInsInOrderOfTheirNames) {
    write("etc/k.toml", calls(1) + "limits.client.window = 1\n");
    write("etc/k.toml.d/20-b.toml", calls(20));
    write("etc/k.toml.d/10-a.toml", calls(10) + "limits.client.subscriptions = 10\n");
    const LoadedConfig loaded = loadConfig(places());
    EXPECT_THAT(loaded.complaints, IsEmpty());
    EXPECT_EQ(loaded.settings.limits.client.calls, 20U);
    EXPECT_EQ(loaded.settings.limits.client.subscriptions, 10U);
    EXPECT_EQ(loaded.settings.limits.client.window, 1U);
    EXPECT_THAT(loaded.files, ElementsAre(path("etc/k.toml"), path("etc/k.toml.d/10-a.toml"),
                                          path("etc/k.toml.d/20-b.toml")));
}

TEST_F(ConfigFiles, OfOneNameHideThoseOfLesserDirectories) {
    write("usr/k.toml.d/10.toml", calls(1) + "limits.client.window = 1\n");
    write("run/k.toml.d/10.toml", calls(2));
    write("usr/k.toml.d/20.toml", "limits.client.subscriptions = 3\n");
    const LoadedConfig loaded = loadConfig(places());
    EXPECT_EQ(loaded.settings.limits.client.calls, 2U);
    EXPECT_EQ(loaded.settings.limits.client.window, ClientLimits().window) << "of the hidden one";
    EXPECT_EQ(loaded.settings.limits.client.subscriptions, 3U);
}

TEST_F(ConfigFiles, AreMaskedByALinkToDevNull) {
    write("usr/k.toml.d/10.toml", calls(1));
    std::filesystem::create_directories(path("etc/k.toml.d"));
    std::filesystem::create_symlink("/dev/null", path("etc/k.toml.d/10.toml"));
    const LoadedConfig loaded = loadConfig(places());
    EXPECT_THAT(loaded.complaints, IsEmpty());
    EXPECT_EQ(loaded.settings, Settings());
}

TEST_F(ConfigFiles, OfOtherNamesAreLeftAlone) {
    write("etc/k.toml.d/10.toml~", "nonsense");
    write("etc/k.toml.d/README", "nonsense");
    EXPECT_THAT(loadConfig(places()).files, IsEmpty());
}

TEST_F(ConfigFiles, ThatAreNamedHaveDropInsBesideThem) {
    write("k.toml", calls(1));
    write("k.toml.d/a.toml", calls(2));
    EXPECT_EQ(loadConfig(ConfigPlaces::of(path("k.toml"))).settings.limits.client.calls, 2U);
}

TEST_F(ConfigFiles, AreEachNamedWithTheirMistakes) {
    write("etc/k.toml", calls(0));
    write("etc/k.toml.d/a.toml", "\n" + calls(0));
    EXPECT_THAT(loadConfig(places()).complaints,
                ElementsAre(StartsWith(path("etc/k.toml") + ":1:15: limits.client.calls: 0"),
                            StartsWith(path("etc/k.toml.d/a.toml") + ":2:15: limits.client.calls: 0")));
}

TEST_F(ConfigFiles, OfVeryManyMistakesAreToldSome) {
    std::string contents;
    for (int i = 0; i < 1000; ++i) contents += "k" + std::to_string(i) + " = 1\n";
    write("etc/k.toml", contents);
    const auto complaints = loadConfig(places()).complaints;
    ASSERT_EQ(complaints.size(), 11U);
    EXPECT_EQ(complaints.back(), "and 990 more mistakes in the configuration");
}

TEST_F(ConfigFiles, ThatAreNoneAreNamed) {
    std::filesystem::create_directories(path("etc/k.toml"));
    EXPECT_THAT(loadConfig(places()).complaints, ElementsAre(path("etc/k.toml") + ": read: Is a directory"));
    EXPECT_THAT(loadConfig(ConfigPlaces::of("/dev/zero")).complaints,
                ElementsAre("/dev/zero: more than 1048576 bytes"));
}

TEST_F(ConfigFiles, ThatNobodyWritesAreNotWaitedFor) {
    std::filesystem::create_directories(path("etc"));
    ASSERT_EQ(mkfifo(path("etc/k.toml").c_str(), 0600), 0);
    EXPECT_THAT(loadConfig(places()).complaints, IsEmpty());
}

TEST_F(ConfigFiles, DropInDirectoryThatIsNoneIsNamed) {
    write("etc/k.toml.d", "a file");
    EXPECT_THAT(loadConfig(places()).complaints, ElementsAre(path("etc/k.toml.d") + ": Not a directory"));
}

TEST_F(ConfigFiles, LinkToNowhereIsNoMissingFile) {
    std::filesystem::create_directories(path("etc/k.toml.d"));
    std::filesystem::create_symlink(path("nowhere"), path("etc/k.toml.d/a.toml"));
    EXPECT_THAT(loadConfig(places()).complaints,
                ElementsAre(path("etc/k.toml.d/a.toml") + ": open: No such file or directory"));
}

// Prose stands behind "# ", a key or a table right behind its "#".
TEST_F(ConfigFiles, ExampleSaysEveryDefault) {
    std::string uncommented;
    std::istringstream example(readFile(EXAMPLE));
    for (std::string line; std::getline(example, line);) {
        const bool isProse = line.starts_with("# ") || line == "#";
        uncommented += (line.starts_with('#') && !isProse ? line.substr(1) : line) + "\n";
    }
    const std::string file = write("example.toml", uncommented);
    const LoadedConfig loaded = loadConfig(ConfigPlaces::of(file));
    EXPECT_THAT(loaded.complaints, IsEmpty());
    EXPECT_EQ(loaded.settings, Settings());
}

} // namespace
} // namespace keventd::test
