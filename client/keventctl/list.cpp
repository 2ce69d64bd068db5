#include "client/keventctl/list.h"

#include "client/keventctl/answer.h"
#include "client/keventctl/filters.h"
#include "client/keventctl/json.h"
#include "client/keventctl/text_printer.h"
#include "client/keventctl/text_table.h"

namespace keventd::ctl {
namespace {

/// @return by what programs know the device: "/dev/null", or the index of a network interface; "-" if it has
///         neither. The kernel names a node without its directory, udev with it
std::string handleOf(const Event& device) {
    if (const auto node = device.properties.find("DEVNAME")) {
        return node->starts_with('/') ? std::string(*node) : "/dev/" + std::string(*node);
    }
    if (const auto index = device.properties.find("IFINDEX")) return "ifindex=" + std::string(*index);
    return "-";
}

} // namespace

void List::declare(OptionSet& options) {
    options.arguments(
        "FILTER", [this](const auto& arguments) { filter_ = parseDeviceFilters(arguments); },
        "KEY=GLOB[,GLOB...]: subsystem, object, or a property");
    options.flag("--json", asJson_, "One JSON object a line");
    options.flag("--properties", withProperties_, "Show the properties, too (JSON always does)");
}

// No signal is caught: half an answer is none.
ExitStatus List::run(const Connector& connector) {
    const std::vector<Event> devices = connector.connect().listDevices(filter_).devices;
    std::string text;
    if (asJson_) {
        const auto printer = makeJsonPrinter();
        for (const Event& device : devices) printer->append(text, device);
    } else {
        appendText(text, devices, withProperties_);
    }
    printAnswer(text);
    return ExitStatus::Done;
}

void appendText(std::string& out, const std::vector<Event>& devices, bool withProperties) {
    TextTable table;
    for (const Event& device : devices) table.addRow({device.subsystem, handleOf(device), device.object});
    for (std::size_t i = 0; i < devices.size(); ++i) {
        table.appendRow(out, i);
        if (withProperties) appendProperties(out, devices[i].properties);
    }
}

} // namespace keventd::ctl
