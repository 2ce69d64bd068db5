#include "client/keventctl/status.h"

#include "client/keventctl/answer.h"
#include "client/keventctl/json.h"
#include "client/keventctl/status_text.h"

namespace keventd::ctl {

void Status::declare(OptionSet& options) {
    options.flag("--json", asJson_, "One JSON object");
}

// No signal is caught: half an answer is none.
ExitStatus Status::run(const Connector& connector) {
    Client client = connector.connect();
    const DaemonStatus status = client.status();
    const std::vector<SubscriptionInfo> subscriptions = client.listSubscriptions();
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
