#include "tests/support/net_churn.h"

#include "tests/support/net_devices.h"

namespace keventd::test {
namespace {

constexpr std::size_t MaxLeft = 20;

} // namespace

void NetChurn::stop() {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
}

void NetChurn::removeAll() {
    for (const std::string& name : left_) NetDevices().remove(name);
    left_.clear();
}

void NetChurn::run() {
    NetDevices devices;
    for (; !stopped_; ++made_) {
        const std::string number = std::to_string(made_);
        const bool isRenamed = made_ % 3 == 0;
        const std::string name = (isRenamed ? "c" : "a") + number;
        devices.createVeth("a" + number, "b" + number);
        if (isRenamed) devices.rename("a" + number, name);
        if (made_ % 7 == 0 && left_.size() < MaxLeft) {
            left_.push_back(name);
        } else {
            devices.remove(name);
        }
    }
}

} // namespace keventd::test
