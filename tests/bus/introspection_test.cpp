// What the object says about itself is what the installed XML says.

#include "keventd/names.h"
#include "tests/bus/bus_test.h"

#include <fstream>

namespace keventd::test {
namespace {

// Everything in names::method, names::signal and names::property.
constexpr const char* Members[] = {
    names::method::Subscribe,    names::method::Unsubscribe, names::method::Acknowledge,
    names::method::GetEvents,    names::method::ListDevices, names::method::Sync,
    names::signal::Events,       names::signal::Lost,        names::property::Version,
    names::property::StreamId,   names::property::FirstId,   names::property::LastId,
    names::property::Statistics, names::property::Sources,
};

class Introspection : public BusTest {
protected:
    /// @param xml  a document that must agree with the installed one
    void expectInstalledXml(const std::string& xml) const {
        const std::string path = directory_.file("live.xml");
        std::ofstream(path) << xml;
        const Finished diff =
            run({"/usr/bin/python3", INTROSPECTION_DIFF, names::Manager, INSTALLED_XML, path});
        EXPECT_EQ(diff.status, 0) << diff.out << diff.err;
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
    const BusClient client = connect();
    sd_bus_message* reply = nullptr;
    checkBus(sd_bus_call_method(client.get(), via() == Via::Broker ? names::Bus : nullptr, names::Object,
                                "org.freedesktop.DBus.Introspectable", "Introspect", nullptr, &reply, ""),
             "introspect");
    const BusMessageHandle handle(reply);
    const char* xml = nullptr;
    checkBus(sd_bus_message_read(reply, "s", &xml), "read reply");
    expectInstalledXml(xml);
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

} // namespace
} // namespace keventd::test
