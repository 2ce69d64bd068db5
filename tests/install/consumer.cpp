// A program from outside: knows what is installed, and nothing else. The daemon does not run.

#include <keventd/client.h>
#include <keventd/names.h>
#include <keventd/subscription.h>

#include <cstdio>

namespace {

// Of the event's own code, which is no part of the headers.
bool canReadProperties() {
    keventd::PropertyList properties;
    properties.set("DEVNAME", "null");
    for (const keventd::Property& property : properties) {
        if (property.key != "DEVNAME") return false;
    }
    return properties.find("DEVNAME") == "null";
}

// An exception keeps its type on the way out of the library.
bool isToldThatNobodyIsThere() {
    keventd::SubscriptionOptions options;
    options.endpoint = keventd::privateSocket("/nonexistent/bus");
    keventd::SubscriptionHandlers handlers;
    handlers.event = [](const keventd::Event&) {};
    try {
        const keventd::Subscription subscription(options, handlers);
    } catch (const keventd::ConnectionError& error) {
        std::printf("%s\n", error.what());
        return true;
    }
    return false;
}

} // namespace

int main() {
    return canReadProperties() && isToldThatNobodyIsThere() ? 0 : 1;
}
