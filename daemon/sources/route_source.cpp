#include "daemon/sources/route_source.h"

#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/sources/kept_events.h"
#include "daemon/sources/route_request.h"

#include <utility>

namespace keventd {
namespace {

// In a storm there is always something that has arrived meanwhile, or that interrupts the answer.
constexpr int MaxQuestions = 10;

std::vector<const nlmsghdr*> headersOf(const std::vector<std::vector<char>>& messages) {
    std::vector<const nlmsghdr*> headers;
    headers.reserve(messages.size());
    for (const std::vector<char>& message : messages)
        headers.push_back(reinterpret_cast<const nlmsghdr*>(message.data()));
    return headers;
}

} // namespace

std::vector<Event> RouteSource::readAll() {
    KeptEvents present;
    static_cast<void>(askAndTell({readTimeNow(), EventFlag::Present, present}));
    return present.take();
}

bool RouteSource::compare(Arrivals& arrivals) {
    return askAndTell({readTimeNow(), EventFlag::Resync, arrivals});
}

// What arrives while the kernel answers may be older than its answer, and would be told as a change back. So
// it is asked again until nothing has: all that was read past is in the last answer. If that is not whole, it
// says nothing of what has gone; what was read past, does.
bool RouteSource::askAndTell(const Telling& telling) {
    std::vector<Message> past;
    Answer answer = ask();
    for (int questions = 1; questions < MaxQuestions && (readPast(past) || answer.error); ++questions)
        answer = ask();
    if (!answer.error) {
        takeAll(headersOf(answer.messages), telling);
        return true;
    }
    logWarning(text("ask for all of source ", name(), ": ", *answer.error, ", going on with what is known"));
    for (const std::vector<Message>* messages : {&past, &answer.messages}) {
        for (const nlmsghdr* message : headersOf(*messages)) take(*message, telling);
    }
    return false;
}

RouteSource::Answer RouteSource::ask() const {
    Answer answer;
    answer.error = visitAllRoutes(
        request_, [&answer](const nlmsghdr& message) { answer.messages.push_back(copyOf(message)); });
    return answer;
}

} // namespace keventd
