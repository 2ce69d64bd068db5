// The answer to one call of ListSubscriptions: how each subscription is doing that the caller may see.
//
// They are written down in the order of their numbers, some in each turn, each as it is then; one that ends
// or begins meanwhile may be in it or not.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/publish/client_account.h"
#include "daemon/publish/large_answer.h"
#include "daemon/publish/publisher.h"
#include "daemon/stream/stream.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace keventd {

class SubscriptionListing final : public LargeAnswer {
public:
    /// What does not fit is left out: an administrator should see something, whatever others do. That is half
    /// of what a broker lets pass (dbus-daemon: 32 MiB), and twenty thousand subscriptions.
    static constexpr std::size_t MaxBytes = 16 * 1024 * 1024;

    /// All outlive the listing.
    /// @param viewer  who asks: an administrator sees all, others those of their own user
    SubscriptionListing(sd_bus_message* call, const ClientAccount& viewer, const Stream& stream,
                        const Publisher& publisher);

    [[nodiscard]] bool work(const TurnBudget& budget) override;

private:
    void begin();
    [[nodiscard]] bool addNext();
    [[nodiscard]] bool maySee(const Subscription& subscription) const;
    void add(const Subscription& subscription, const std::string& filter);
    void send();

    sd_bus_message* call_;
    const ClientAccount& viewer_;
    const Stream& stream_;
    const Publisher& publisher_;
    std::uint32_t last_ = 0; // number of the last that was looked at
    std::size_t bytes_ = 0;
    BusMessageHandle reply_; // once begun
};

} // namespace keventd
