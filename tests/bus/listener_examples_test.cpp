// The examples that listen to broadcasts.

#include "tests/bus/broadcast_test.h"
#include "tests/bus/example_test.h"

#include <csignal>
#include <gmock/gmock.h>

namespace keventd::test {
namespace {

class Listener : public BroadcastTest {
protected:
    [[nodiscard]] PipedCommand start(Command command) const {
        command.insert(command.end(), {"played", address()});
        return PipedCommand(std::move(command));
    }
    void play(const std::string& subsystem, const std::string& object) {
        uevents_.write(); // for a SEQNUM of its own
        playUdev(newestSeqnum(), {{"ACTION", "add"}, {"DEVPATH", object}, {"SUBSYSTEM", subsystem}});
    }
    /// Nobody tells when a listener's match rule is there: plays until the first event is shown.
    [[nodiscard]] bool playUntilHeard(PipedCommand& listener) {
        for (const Deadline deadline; !deadline.expired();) {
            play("played", "/devices/first");
            if (listener.readLine(Deadline(std::chrono::milliseconds(100)))) return true;
        }
        return false;
    }
    /// @return how the event of this object is to be shown
    [[nodiscard]] std::string lineOfObject(const std::string& object) const {
        const BusClient client = connect();
        client.sync();
        Wanted wanted;
        wanted.filters[names::option::Objects] = {object};
        const std::vector<Event> events = client.wholeHistory(wanted);
        return events.empty() ? "" : lineOf(events.back());
    }

    void showsJustTheEventsAskedFor(PipedCommand listener) {
        ASSERT_TRUE(playUntilHeard(listener)) << listener.process().err();
        play("another", "/devices/other");
        play("played", "/devices/last");
        ASSERT_TRUE(eventually([this] { return !lineOfObject("/devices/last").empty(); }));
        const std::string last = lineOfObject("/devices/last");
        const std::vector<std::string> shown = linesUntil(listener, last);
        EXPECT_THAT(shown, testing::Contains(last)) << listener.process().err();
        EXPECT_THAT(shown, testing::Each(testing::HasSubstr(" udev add played /devices/")));
    }

    void endsOnTerminate(PipedCommand listener) {
        ASSERT_TRUE(playUntilHeard(listener)) << listener.process().err();
        listener.process().signal(SIGTERM);
        EXPECT_EQ(listener.process().wait(), 128 + SIGTERM);
    }
};

class ListenerInPython : public Listener {
protected:
    void SetUp() override {
        if (!canRun({Python, "-c", "from gi.repository import Gio"})) GTEST_SKIP() << "needs python3-gi";
        Listener::SetUp();
    }
    [[nodiscard]] PipedCommand start() const { return Listener::start({Python, exampleFile("listen.py")}); }
};

TEST_P(ListenerInPython, ShowsJustTheEventsAskedFor) {
    showsJustTheEventsAskedFor(start());
}
TEST_P(ListenerInPython, EndsOnTerminate) {
    endsOnTerminate(start());
}

INSTANTIATE_TEST_SUITE_P(, ListenerInPython, BrokerRoads, NameOfRoad());

class ListenerInShell : public Listener {
protected:
    void SetUp() override {
        if (!canRun({"jq", "--version"})) GTEST_SKIP() << "needs jq";
        Listener::SetUp();
    }
    [[nodiscard]] PipedCommand start() const { return Listener::start({exampleFile("listen.sh")}); }
};

TEST_P(ListenerInShell, ShowsJustTheEventsAskedFor) {
    showsJustTheEventsAskedFor(start());
}
TEST_P(ListenerInShell, EndsOnTerminate) {
    endsOnTerminate(start());
}

INSTANTIATE_TEST_SUITE_P(, ListenerInShell, BrokerRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
