// What the object says about itself is what the installed XML says.

#include "keventd/names.h"
#include "tests/bus/bus_test.h"

#include <fstream>

namespace keventd::test {
namespace {

// Everything in names::method, names::signal and names::property.
constexpr const char* Members[] = {
    names::method::Subscribe,      names::method::Unsubscribe,       names::method::Acknowledge,
    names::method::GetEvents,      names::method::ListDevices,       names::method::Sync,
    names::method::Resync,         names::method::ListSubscriptions, names::signal::Events,
    names::method::WatchAttribute, names::method::UnwatchAttribute,  names::signal::Lost,
    names::property::Version,      names::property::StreamId,        names::property::FirstId,
    names::property::LastId,       names::property::Statistics,      names::property::Sources,
};

class Introspection : public BusTest {
protected:
    /// @param xml  a document that must agree with the installed one
    void expectInstalledXml(const std::string& xml, const std::string& interface = names::Manager) const {
        const std::string path = directory_.file("live.xml");
        std::ofstream(path) << xml;
        const std::string installed = std::string(INSTALLED_XML_DIRECTORY) + "/" + interface + ".xml";
        const Finished diff = run({"/usr/bin/python3", INTROSPECTION_DIFF, interface, installed, path});
        EXPECT_EQ(diff.status, 0) << diff.out << diff.err;
    }

    /// @param name  whose object; nullptr without a bus
    [[nodiscard]] std::string introspect(const char* name) const {
        const BusClient client = connect();
        sd_bus_message* reply = nullptr;
        checkBus(sd_bus_call_method(client.get(), name, names::Object, "org.freedesktop.DBus.Introspectable",
                                    "Introspect", nullptr, &reply, ""),
                 "introspect");
        const BusMessageHandle handle(reply);
        const char* xml = nullptr;
        checkBus(sd_bus_message_read(reply, "s", &xml), "read reply");
        return xml;
    }

    static void expectEveryMember(const std::string& text) {
        EXPECT_NE(text.find(names::Manager), std::string::npos) << text;
        for (const char* member : Members)
            EXPECT_NE(text.find(member), std::string::npos) << member << " in " << text;
    }

    [[nodiscard]] Finished busctl(const std::vector<std::string>& options) const {
        std::vector<std::string> command{"busctl", "--no-pager", "--address=" + address()};
        command.insert(command.end(), options.begin(), options.end());
        command.insert(command.end(), {"introspect", names::Bus, names::Object});
        return run(std::move(command));
    }

    // gdbus takes what --address names for a peer, and what the environment names for a bus.
    [[nodiscard]] Finished gdbus(const std::vector<std::string>& options) const {
        std::vector<std::string> command{"gdbus",    "introspect",    "--dest",
                                         names::Bus, "--object-path", names::Object};
        command.insert(command.end(), options.begin(), options.end());
        ChildOptions child;
        if (isPrivate()) {
            command.insert(command.end(), {"--address", address()});
        } else {
            command.emplace_back("--session");
            child.environment["DBUS_SESSION_BUS_ADDRESS"] = address();
        }
        child.command = std::move(command);
        return run(std::move(child));
    }

private:
    TemporaryDirectory directory_;
};

TEST_P(Introspection, AgreesWithTheInstalledXml) {
    expectInstalledXml(introspect(via() == Via::Broker ? names::Bus : nullptr));
}

// They come from elsewhere: who looks for them here would wait in vain.
TEST_P(Introspection, ShowsNoBroadcasts) {
    const std::string xml = introspect(via() == Via::Broker ? names::Bus : nullptr);
    EXPECT_EQ(xml.find(names::Events), std::string::npos) << xml;
    EXPECT_EQ(xml.find(names::KernelEvents), std::string::npos) << xml;
}

TEST_P(Introspection, IsShownByBusctl) {
    const Finished shown = busctl({});
    ASSERT_EQ(shown.status, 0) << shown.err;
    expectEveryMember(shown.out);
}

TEST_P(Introspection, AgreesWithTheInstalledXmlThroughBusctl) {
    const Finished shown = busctl({"--xml-interface"});
    ASSERT_EQ(shown.status, 0) << shown.err;
    expectInstalledXml(shown.out);
}

TEST_P(Introspection, IsShownByGdbus) {
    const Finished shown = gdbus({});
    ASSERT_EQ(shown.status, 0) << shown.err;
    expectEveryMember(shown.out);
}

TEST_P(Introspection, AgreesWithTheInstalledXmlThroughGdbus) {
    const Finished shown = gdbus({"--xml"});
    ASSERT_EQ(shown.status, 0) << shown.err;
    expectInstalledXml(shown.out);
}

INSTANTIATE_TEST_SUITE_P(, Introspection, AllRoads, NameOfRoad());

class IntrospectionOfBroadcasts : public Introspection {};

TEST_P(IntrospectionOfBroadcasts, AgreesWithTheInstalledXml) {
    ASSERT_TRUE(waitForName(address(), names::EventsBus)) << daemon().log();
    const std::string xml = introspect(names::EventsBus);
    expectInstalledXml(xml, names::Events);
    expectInstalledXml(xml, names::KernelEvents);
    EXPECT_EQ(xml.find(names::Manager), std::string::npos) << xml;
}

INSTANTIATE_TEST_SUITE_P(, IntrospectionOfBroadcasts, BrokerRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
