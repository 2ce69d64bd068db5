// What the events of the sources that compare (link, address, mount, power) have told of each object last, as
// of the last event of the stream. The devices of the kernel and of udev have tables of their own.
#pragma once

#include "keventd/event.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace keventd {

class ToldObjects {
public:
    using Objects = std::map<std::string, Event>; ///< by what tells them apart within their source

    /// @param event  the next one of the stream, its text not yet escaped
    /// @return false if nothing has changed: its source is another one
    bool apply(const Event& event);
    /// @return whether events of this source are taken up
    [[nodiscard]] static bool has(std::string_view source);

    /// @return the last event of each object, if that is not gone
    [[nodiscard]] std::vector<Event> of(const std::string& source) const;
    [[nodiscard]] const std::map<std::string, Objects>& all() const { return all_; }

private:
    std::map<std::string, Objects> all_; // by source
};

} // namespace keventd
