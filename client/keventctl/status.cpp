#include "client/keventctl/status.h"

#include "client/keventctl/answer.h"
#include "client/keventctl/json.h"
#include "client/keventctl/printable.h"
#include "client/keventctl/status_text.h"

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace keventd::ctl {
namespace {

/// They are a part of the answer only: a policy may deny them to this user, and an older daemon has no such
/// call.
std::optional<std::vector<SubscriptionInfo>> listSubscriptions(Client& client) {
    try {
        return client.listSubscriptions();
    } catch (const RequestError& error) {
        std::fprintf(stderr, "keventctl: subscriptions: %s\n", printable(error.what()).c_str());
        return std::nullopt;
    }
}

} // namespace

void Status::declare(OptionSet& options) {
    options.flag("--json", asJson_, "One JSON object");
}

// No signal is caught: half an answer is none.
ExitStatus Status::run(const Connector& connector) {
    Client client = connector.connect();
    const DaemonStatus status = client.status();
    const auto subscriptions = listSubscriptions(client);
    std::string text;
    if (asJson_) {
        appendJson(text, status, subscriptions);
    } else {
        appendText(text, status, subscriptions);
    }
    printAnswer(text);
    return ExitStatus::Done;
}

} // namespace keventd::ctl
