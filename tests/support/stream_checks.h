// What must hold of every stream: checks over the events that a subscriber without filter has been sent.
#pragma once

#include "keventd/event.h"
#include "tests/support/uevent_writers.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <string>

namespace keventd::test {

using Events = std::deque<Event>;

/// Of a stream from its first event on: ids rise by exactly one; kernel events are in SEQNUM order, but for
/// those flagged late, and those alone are not; no (source, SEQNUM) comes twice; udev's event never comes
/// before the kernel's of the same SEQNUM.
void expectSoundStream(const Events& events);

/// What the kernel has sent (after SEQNUM `after`) is in the stream.
void expectAllOf(const Events& events, const std::set<std::uint64_t>& sent, std::uint64_t after);
/// Nothing is in the stream (after SEQNUM `after`) that the kernel has not sent.
void expectNoneBut(const Events& events, const std::set<std::uint64_t>& sent, std::uint64_t after);

/// Every event of every writer is there, each writer's in the order in which it wrote them.
void expectWrittenInOrder(const Events& events, const UeventWriters& writers);
void expectWrittenInOrder(const Events& events, const UeventWriter& writer);

/// @return SEQNUMs of the events of a source that have one, in the order of the stream
[[nodiscard]] std::vector<std::uint64_t> seqnumsOf(const Events& events, const std::string& source);

/// @return the events for which this is true, in order
[[nodiscard]] std::vector<const Event*> select(const Events& events,
                                               const std::function<bool(const Event&)>& isWanted);

/// @return whether it tells that events were lost before anybody could read them
[[nodiscard]] bool isOverrun(const Event& event);

/// @return the text of a property; empty if there is none
[[nodiscard]] std::string textIn(const Event& event, const std::string& key);

/// @return the number in a property; 0 if there is none
[[nodiscard]] std::uint64_t numberIn(const Event& event, const std::string& key);

} // namespace keventd::test
