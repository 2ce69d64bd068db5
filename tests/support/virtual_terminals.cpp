#include "tests/support/virtual_terminals.h"

#include "tests/support/checked_call.h"
#include "tests/support/temporary_directory.h"

#include <fcntl.h>
#include <linux/kd.h>
#include <linux/vt.h>
#include <sys/ioctl.h>

namespace keventd::test {
namespace {

constexpr const char* Console = "/dev/tty0";

// Two that nobody is likely to look at.
constexpr int First = 61;
constexpr int Second = 62;

} // namespace

std::string VirtualTerminals::whyImpossible() {
    const UniqueFd console(open(Console, O_RDWR | O_NOCTTY | O_CLOEXEC));
    int mode = KD_TEXT;
    vt_mode switching{};
    if (!console || ioctl(console.get(), KDGETMODE, &mode) < 0 ||
        ioctl(console.get(), VT_GETMODE, &switching) < 0)
        return "needs virtual terminals, and root";
    const bool isText = mode == KD_TEXT && switching.mode == VT_AUTO;
    return isText ? "" : "somebody looks at a graphical terminal";
}

VirtualTerminals::VirtualTerminals()
    : console_(check(open(Console, O_RDWR | O_NOCTTY | O_CLOEXEC), "open /dev/tty0")) {
    vt_stat state{};
    check(ioctl(console_.get(), VT_GETSTATE, &state), "ask for the terminal in front");
    front_ = state.v_active;
    const bool wasLeftBehind = front_ == First || front_ == Second; // by a test that was killed
    before_ = wasLeftBehind ? 1 : front_;
}

VirtualTerminals::~VirtualTerminals() {
    bringToFront(before_);
    for (const int number : {First, Second}) ioctl(console_.get(), VT_DISALLOCATE, number);
}

std::string VirtualTerminals::change() {
    front_ = front_ == First ? Second : First;
    bringToFront(front_);
    return "tty" + std::to_string(front_);
}

std::string VirtualTerminals::active() {
    std::string text = readFile(std::string("/sys") + Object + "/" + Attribute);
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

void VirtualTerminals::bringToFront(int number) const {
    ioctl(console_.get(), VT_ACTIVATE, number);
    ioctl(console_.get(), VT_WAITACTIVE, number);
}

} // namespace keventd::test
