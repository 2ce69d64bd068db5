// Events as they happen, also when the daemon or the bus goes and comes back: what monitor and wait have in
// common when they run.
#pragma once

#include "client/keventctl/event_receiver.h"
#include "client/keventctl/interruption.h"
#include "keventd/subscription.h"

namespace keventd::ctl {

/// Reads a subscription, and tells the receiver of its fortunes, until the receiver is done.
/// @param interruption  what the receiver's isDone() heeds, too
/// @throws as Subscription::Subscription(); RequestError if the filter, or an attribute to be watched, is
/// refused
///         later
void readStream(const SubscriptionOptions& options, EventReceiver& receiver,
                const Interruption& interruption);

} // namespace keventd::ctl
