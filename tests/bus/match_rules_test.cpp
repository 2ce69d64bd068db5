// The broker chooses by match rules alone, and each lets through just what it says.

#include "tests/bus/broadcast_test.h"

#include <deque>

namespace keventd::test {
namespace {

struct Rule {
    const char* text; ///< after "type='signal',"
    /// @return whether the rule is to let this event through
    bool (*matches)(const Event& event);
};

bool isKernels(const Event& event) {
    return event.source == names::source::Kernel;
}

bool isBelow(const Event& event, const std::string& directory) {
    return event.object.starts_with(directory);
}

const Rule Rules[] = {
    {"arg0='block'", [](const Event& e) { return e.subsystem == "block"; }},
    {"arg1='remove'", [](const Event& e) { return e.action == "remove"; }},
    {"arg0='net',arg1='add'", [](const Event& e) { return e.subsystem == "net" && e.action == "add"; }},
    {"arg2='/devices/pci0000:00/disk'",
     [](const Event& e) { return e.object == "/devices/pci0000:00/disk"; }},
    {"arg2path='/devices/pci0000:00/'", [](const Event& e) { return isBelow(e, "/devices/pci0000:00/"); }},
    {"arg2path='/devices/virtual/net'", [](const Event& e) { return e.object == "/devices/virtual/net"; }},
    {"arg3='udev'", [](const Event& e) { return e.source == "udev"; }},
    {"arg4=''", [](const Event& e) { return e.attribute.empty(); }},
    {"arg4='speed'", [](const Event& e) { return e.attribute == "speed"; }},
    {"arg0namespace='usb'",
     [](const Event& e) { return e.subsystem == "usb" || e.subsystem.starts_with("usb."); }},
    {"path='/org/keventd1'", [](const Event&) { return true; }},
    {"path_namespace='/org/keventd1'", [](const Event&) { return true; }},
    {"path='/org/keventd1/events'", [](const Event&) { return false; }},
    {"sender='org.keventd1.Events'", [](const Event&) { return true; }},
    {"sender='org.keventd1'", [](const Event&) { return false; }},
    {"interface='org.keventd1.Events'", [](const Event& e) { return !isKernels(e); }},
    {"interface='org.keventd1.KernelEvents'", isKernels},
    {"member='Event'", [](const Event&) { return true; }},
    {"member='Events'", [](const Event&) { return false; }},
    {"sender='org.keventd1.Events',path='/org/keventd1',interface='org.keventd1.Events',member='Event',"
     "arg0='block',arg1='add',arg2path='/devices/',arg3='udev'",
     [](const Event& e) {
         return e.source == "udev" && e.subsystem == "block" && e.action == "add" && isBelow(e, "/devices/");
     }},
};

constexpr const char* End = "test-end"; // subsystem of the last event

class MatchRules : public BroadcastTest {
protected:
    /// Sends events of both sources, of all sorts. First the kernel's, which are broadcast while no udevd
    /// runs.
    void sendAllSorts() {
        BroadcastListener witness(address());
        std::vector<Properties> all;
        for (const char* subsystem : {"block", "net", "usb", "usb.port", "usbmisc"}) {
            for (const char* action : {"add", "remove"}) {
                for (const char* object : {"/devices/pci0000:00/disk", "/devices/pci0000:001/disk",
                                           "/devices/virtual/net", "/devices/virtual/net/lo"}) {
                    all.push_back(
                        {{"ACTION", action}, {"DEVPATH", object}, {"SUBSYSTEM", subsystem}, {"TEST", tag_}});
                }
            }
        }
        all.push_back({{"ACTION", "change"}, {"DEVPATH", "/devices/end"}, {"SUBSYSTEM", End}});
        std::vector<std::uint64_t> seqnums;
        for (const Properties& properties : all) {
            injectUevent(properties);
            seqnums.push_back(newestSeqnum());
        }
        ASSERT_TRUE(witness.waitForEvent([](const Event& e) { return e.subsystem == End; }));
        for (std::size_t i = 0; i < all.size(); ++i) playUdev(seqnums[i], all[i]);
    }

    [[nodiscard]] bool isOurs(const Event& event) const { return event.properties.find("TEST") == tag_; }

    /// @return ids of this test's events for which that is true
    [[nodiscard]] std::vector<std::uint64_t> idsOf(const std::deque<Event>& events,
                                                   bool (*matches)(const Event&)) const {
        std::vector<std::uint64_t> ids;
        for (const Event& event : events) {
            if (isOurs(event) && matches(event)) ids.push_back(event.id);
        }
        return ids;
    }

    [[nodiscard]] std::vector<std::uint64_t> idsHeard(const BroadcastListener& listener) const {
        std::vector<std::uint64_t> ids;
        for (const auto& heard : listener.heard()) {
            if (isOurs(heard.event)) ids.push_back(heard.event.id);
        }
        return ids;
    }

private:
    std::string tag_ = newUuid();
};

TEST_P(MatchRules, LetThroughJustTheirEvents) {
    Subscriber subscriber(daemon().address());
    std::deque<BroadcastListener> listeners;
    for (const Rule& rule : Rules) {
        // The second rule lets through what is sent last, so that one knows when all has come.
        listeners.emplace_back(address(),
                               std::vector{std::string("type='signal',") + rule.text,
                                           std::string("type='signal',arg3='udev',arg0='") + End + "'"});
    }
    ASSERT_NO_FATAL_FAILURE(sendAllSorts());
    const auto isEnd = [](const Event& e) { return e.subsystem == End && e.source == names::source::Udev; };
    ASSERT_NE(subscriber.waitForEvent(isEnd), nullptr);
    ASSERT_EQ(idsOf(subscriber.events(), [](const Event&) { return true; }).size(), 80U);
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        SCOPED_TRACE(Rules[i].text);
        ASSERT_TRUE(listeners[i].waitForEvent(isEnd)) << daemon().log();
        EXPECT_EQ(idsHeard(listeners[i]), idsOf(subscriber.events(), Rules[i].matches));
    }
}

INSTANTIATE_TEST_SUITE_P(, MatchRules, BrokerRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
