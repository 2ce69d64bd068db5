// Events for tests: short builders, comparison, printing, and random ones.
#pragma once

#include "keventd/event.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <initializer_list>
#include <rapidcheck.h>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keventd::test {

[[nodiscard]] Event kernel(std::uint64_t seqnum);
[[nodiscard]] Event udev(std::uint64_t seqnum);
/// An event of a source without SEQNUM. `name` is kept as its object, so that tests can tell one from
/// another.
[[nodiscard]] Event other(std::string_view name);

[[nodiscard]] PropertyList
properties(std::initializer_list<std::pair<std::string_view, std::string_view>> list);

/// An event with something in every field.
[[nodiscard]] Event fullEvent();

/// Same in every field but the id, which belongs to the stream; says which field differs.
[[nodiscard]] testing::AssertionResult isSameButForId(const Event& got, const Event& expected);

/// Random text without NUL bytes, often with a backslash or an escape character in it.
[[nodiscard]] rc::Gen<std::string> anyBytes();
/// Random text that the bus carries: printable ASCII and some longer characters.
[[nodiscard]] rc::Gen<std::string> plainText();
/// Random events whose strings come from `text`; up to 12 properties.
[[nodiscard]] rc::Gen<Event> anyEvent(const rc::Gen<std::string>& text);

/// Checks a rapidcheck property as part of a GoogleTest test, with so many random cases (RC_PARAMS gives the
/// seed, and the size of the cases).
template <typename Testable>
void checkProperty(int cases, Testable&& testable) {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    rc::detail::TestMetadata metadata;
    metadata.id = std::string(info->test_suite_name()) + "/" + info->name();
    metadata.description = info->name();
    rc::detail::TestParams params = rc::detail::configuration().testParams;
    params.maxSuccess = cases;
    const auto result = rc::detail::checkTestable(std::forward<Testable>(testable), metadata, params);
    if (result.template is<rc::detail::SuccessResult>()) return;
    std::ostringstream text;
    rc::detail::printResultMessage(result, text);
    FAIL() << text.str() << "\nagain with RC_PARAMS=seed=" << params.seed;
}

} // namespace keventd::test

namespace keventd {

/// For failure messages of GoogleTest and rapidcheck.
void PrintTo(const Event& event, std::ostream* out);
std::ostream& operator<<(std::ostream& out, const Event& event);

} // namespace keventd
