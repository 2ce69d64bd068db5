// The virtual terminals of this machine, of which the one in front can be changed: what the kernel notifies
// as sysfs attribute `active` of tty0 (redraw_screen() in drivers/tty/vt/vt.c). The one in front before is so
// again in the end.
#pragma once

#include "daemon/base/unique_fd.h"

#include <string>

namespace keventd::test {

class VirtualTerminals {
public:
    /// Where the attribute is.
    static constexpr const char* Object = "/devices/virtual/tty/tty0";
    static constexpr const char* Attribute = "active";

    /// @return why their order cannot be changed, or should not, because somebody looks at a graphical one;
    ///         empty if it can
    [[nodiscard]] static std::string whyImpossible();

    VirtualTerminals();
    VirtualTerminals(const VirtualTerminals&) = delete;
    VirtualTerminals& operator=(const VirtualTerminals&) = delete;
    ~VirtualTerminals();

    /// Brings another one to the front, which has been notified when this returns.
    /// @return what the attribute is then
    std::string change();
    /// @return of the attribute, what it is now
    [[nodiscard]] static std::string active();

private:
    void bringToFront(int number) const;

    UniqueFd console_;
    int before_;
    int front_;
};

} // namespace keventd::test
