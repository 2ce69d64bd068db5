#include "daemon/sources/route_source.h"

#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/sources/kept_events.h"
#include "daemon/sources/route_request.h"

#include <utility>

namespace keventd {
namespace {

// In a storm there is always something that has arrived meanwhile.
constexpr int MaxQuestions = 5;

} // namespace

std::vector<Event> RouteSource::readAll() {
    KeptEvents present;
    askAndTell({readTimeNow(), EventFlag::Present, present});
    return present.take();
}

void RouteSource::compare(Arrivals& arrivals) {
    askAndTell({readTimeNow(), EventFlag::Resync, arrivals});
}

// What arrives while the kernel answers may be older than its answer, and would be told as a change back. So
// it is asked again until nothing has: all that was read past is in the last answer.
void RouteSource::askAndTell(const Telling& telling) {
    std::optional<std::vector<Message>> answer = ask();
    for (int questions = 1; answer && questions < MaxQuestions && readPast(); ++questions) answer = ask();
    if (!answer) return;
    std::vector<const nlmsghdr*> messages;
    for (const Message& message : *answer)
        messages.push_back(reinterpret_cast<const nlmsghdr*>(message.data()));
    takeAll(messages, telling);
}

std::optional<std::vector<RouteSource::Message>> RouteSource::ask() const {
    std::vector<Message> answer;
    const auto error = visitAllRoutes(request_, [&answer](const nlmsghdr& message) {
        const auto* bytes = reinterpret_cast<const char*>(&message);
        answer.emplace_back(bytes, bytes + message.nlmsg_len);
    });
    if (!error) return answer;
    logWarning(text("ask for all of source ", name(), ": ", *error, ", going on with what is known"));
    return std::nullopt;
}

} // namespace keventd
