#include "client/keventctl/status.h"

#include "client/keventctl/answer.h"
#include "client/keventctl/json.h"
#include "client/keventctl/printable.h"
#include "client/keventctl/sources.h"

#include <algorithm>
#include <string_view>

namespace keventd::ctl {
namespace {

std::string padded(std::string_view text, std::size_t width) {
    std::string cell = printable(text);
    cell.resize(std::max(width, cell.size()), ' ');
    return cell;
}

std::string rightAligned(std::uint64_t number, std::size_t width) {
    const std::string digits = std::to_string(number);
    return std::string(width - std::min(width, digits.size()), ' ') + digits;
}

void appendStatistics(std::string& out, const std::map<std::string, std::uint64_t>& statistics) {
    std::size_t nameWidth = 0;
    std::size_t valueWidth = 0;
    for (const auto& [name, value] : statistics) {
        nameWidth = std::max(nameWidth, name.size());
        valueWidth = std::max(valueWidth, std::to_string(value).size());
    }
    for (const auto& [name, value] : statistics) {
        out += "  " + padded(name, nameWidth) + "  " + rightAligned(value, valueWidth) + "\n";
    }
}

std::string idRange(const DaemonStatus& status) {
    if (status.first > status.last) return "none kept; the next is " + std::to_string(status.last + 1);
    return std::to_string(status.first) + " to " + std::to_string(status.last);
}

} // namespace

void Status::declare(OptionSet& options) {
    options.flag("--json", asJson_, "One JSON object");
}

// No signal is caught: half an answer is none.
ExitStatus Status::run(const Connector& connector) {
    const DaemonStatus status = connector.connect().status();
    std::string text;
    if (asJson_) {
        appendJson(text, status);
    } else {
        appendText(text, status);
    }
    printAnswer(text);
    return ExitStatus::Done;
}

void appendText(std::string& out, const DaemonStatus& status) {
    out += "version  " + printable(status.version) + "\n";
    out += "stream   " + printable(status.stream) + "\n";
    out += "events   " + idRange(status) + "\n";
    out += "sources\n";
    appendText(out, status.sources, "  ");
    out += "statistics\n";
    appendStatistics(out, status.statistics);
}

} // namespace keventd::ctl
