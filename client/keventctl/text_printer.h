// Events for people: time, id, source, action, subsystem, object, in columns.
#pragma once

#include "client/keventctl/event_printer.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace keventd::ctl {

struct TextStyle {
    bool coloured = false;
    bool withProperties = false; ///< indented below, "KEY=VALUE" each
};

class TextPrinter final : public EventPrinter {
public:
    explicit TextPrinter(TextStyle style) : style_(style) {}
    void append(std::string& out, const Event& event) override;

private:
    /// A column that widens with what it has to hold, so that a stream needs no second look.
    struct Column {
        std::size_t width;
    };

    void appendTime(std::string& out, std::chrono::microseconds realtime);
    void appendId(std::string& out, std::uint64_t id);
    void appendAttribute(std::string& out, const Event& event) const;
    void appendFlags(std::string& out, std::uint32_t flags) const;
    void appendColumn(std::string& out, std::string_view text, Column& column) const;
    /// @param colour  an SGR parameter, "32"
    void startColour(std::string& out, std::string_view colour) const;
    void endColour(std::string& out) const;

    TextStyle style_;
    Column id_{6};
    Column source_{6};
    Column action_{6};
    Column subsystem_{9};
    std::chrono::seconds clockSecond_{-1}; // that clock_ stands for: breaking down local time is slow
    char clock_[24] = "";                  // with its date, unless that is today
};

/// @return the names of the flags that are set, parted by commas; bits without a name in hexadecimal
[[nodiscard]] std::string flagNames(std::uint32_t flags);

/// Appends "KEY=VALUE" lines, indented.
void appendProperties(std::string& out, const PropertyList& properties);

/// Appends what the properties of an overrun say: how many messages of which source are lost.
void appendOverrun(std::string& out, const PropertyList& properties);

} // namespace keventd::ctl
