// Prints the network and block devices that are there, and then what happens to them.
#include <iostream>
#include <keventd/subscription.h>
#include <poll.h>

int main() {
    keventd::SubscriptionOptions options;
    options.filter.subsystems = {"net", "block"};
    options.list = true;
    options.waitForDaemon = true;

    keventd::SubscriptionHandlers handlers;
    handlers.event = [](const keventd::Event& event) {
        const bool isThere = (event.flags & keventd::Present) != 0;
        std::cout << (isThere ? "there is" : event.action) << ' ' << event.object << std::endl;
    };
    handlers.disconnected = [](const std::string& reason) { std::cout << reason << std::endl; };

    keventd::Subscription subscription(options, handlers);
    pollfd readable{subscription.fd(), POLLIN, 0};
    while (poll(&readable, 1, -1) >= 0) {
        subscription.dispatch();
    }
}
