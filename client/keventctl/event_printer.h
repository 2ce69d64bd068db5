// One event as one line (or a few). Pure but for its own memory of column widths.
#pragma once

#include "keventd/event.h"

#include <string>

namespace keventd::ctl {

class EventPrinter {
public:
    virtual ~EventPrinter() = default;
    /// Appends the event, with its newline.
    virtual void append(std::string& out, const Event& event) = 0;
};

} // namespace keventd::ctl
