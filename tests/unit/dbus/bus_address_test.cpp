#include "dbus/bus_address.h"

#include <gtest/gtest.h>

using namespace std::string_literals;

namespace keventd {
namespace {

TEST(Address, IsOneOfATransportThatIsKnown) {
    for (const char* address :
         {"unix:path=/run/dbus/system_bus_socket", "unix:abstract=x,guid=0123", "tcp:host=a,port=1",
          "unixexec:path=ssh", "unix:path=/a;unix:path=/b", "unix:path=/a;", "unix:path=/a%20b"}) {
        EXPECT_TRUE(isBusAddress(address)) << address;
    }
}

TEST(Address, IsNothingElse) {
    for (const char* text : {"", "nonsense", "bogus:x=y", "unix:", "unix:path", "unix:=x", "unix:path=/a%2",
                             ";", "unix:path=/a;bogus:x=y", "unix:path=/a,,guid=0"}) {
        EXPECT_FALSE(isBusAddress(text)) << text;
    }
}

TEST(Address, LeavesAnOrdinaryPathAsItIs) {
    EXPECT_EQ(addressOfSocket("/run/keventd/bus"), "unix:path=/run/keventd/bus");
}

TEST(Address, EscapesWhatHasAMeaningInAnAddress) {
    EXPECT_EQ(escapeAddressValue("/a b,c;d=e%"), "/a%20b%2cc%3bd%3de%25");
}

TEST(Address, EscapesEveryByteOfAMultibyteCharacter) {
    EXPECT_EQ(escapeAddressValue("/ä"), "/%c3%a4");
}

TEST(Address, FindsThePathAgain) {
    const std::string path = "/tmp/a b,c;d=e%/ä/bus";
    EXPECT_EQ(findSocketName(addressOfSocket(path)), path);
}

TEST(Address, FindsThePathBesideOtherKeys) {
    EXPECT_EQ(findSocketName("unix:path=/run/bus,guid=0123"), "/run/bus");
    EXPECT_EQ(findSocketName("unix:guid=0123,path=/run/bus"), "/run/bus");
}

TEST(Address, IsNotMisledByALongerKey) {
    EXPECT_EQ(findSocketName("unix:pathology=/run/bus"), std::nullopt);
}

TEST(Address, FindsAnAbstractName) {
    EXPECT_EQ(findSocketName("unix:abstract=/tmp/x"), "\0/tmp/x"s);
}

TEST(Address, AcceptsATrailingSeparator) {
    EXPECT_EQ(findSocketName("unix:path=/run/bus;"), "/run/bus");
}

TEST(Address, FindsNoSocketInAListOfAddresses) {
    EXPECT_EQ(findSocketName("unix:path=/a;unix:path=/b"), std::nullopt);
}

TEST(Address, FindsNoSocketInOtherTransports) {
    EXPECT_EQ(findSocketName("tcp:host=localhost,port=1"), std::nullopt);
    EXPECT_EQ(findSocketName("autolaunch:"), std::nullopt);
    EXPECT_EQ(findSocketName("unix:runtime=yes"), std::nullopt);
    EXPECT_EQ(findSocketName(""), std::nullopt);
}

TEST(Address, FindsNoSocketInWhatIsNoAddress) {
    EXPECT_EQ(findSocketName("unix:path=/a,guid"), std::nullopt);
    EXPECT_EQ(findSocketName("unix:path=/a%2,abstract=/b"), std::nullopt);
}

TEST(Address, FindsNoSocketBehindABrokenEscape) {
    EXPECT_EQ(findSocketName("unix:path=/a%2"), std::nullopt);
    EXPECT_EQ(findSocketName("unix:path=/a%zz"), std::nullopt);
}

} // namespace
} // namespace keventd
