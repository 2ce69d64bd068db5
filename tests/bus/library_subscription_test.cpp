// libkeventd's Subscription while nothing goes wrong on the way: one descriptor, one call, handlers.

#include "keventd/names.h"
#include "tests/bus/library_test.h"

#include <stdexcept>

namespace keventd::test {
namespace {

class LibrarySubscription : public LibraryTest {};

TEST_P(LibrarySubscription, HandsOverEveryEventOnceInOrderByPollingOneDescriptor) {
    user_.subscribe(options());
    uevents_.writeMany(3'000);
    ASSERT_TRUE(user_.waitForEvents(3'000));
    EXPECT_EQ(user_.numbers(), sequence(1, 3'000));
    EXPECT_TRUE(user_.told().empty());
}

TEST_P(LibrarySubscription, HandsOverNothingBeforeDispatch) {
    SubscriptionOptions wanted = options();
    wanted.since = 1;
    uevents_.write();
    user_.subscribe(wanted);
    EXPECT_TRUE(user_.events().empty());
    EXPECT_TRUE(user_.waitForEvents(1));
}

// Nobody could sleep in a loop of which a descriptor is always readable.
TEST_P(LibrarySubscription, IsNotReadableWhenThereIsNothingToDo) {
    user_.subscribe(options());
    uevents_.write();
    ASSERT_TRUE(user_.waitForEvents(1));
    for (const Deadline deadline; user_.step();) ASSERT_FALSE(deadline.expired());
}

TEST_P(LibrarySubscription, GoesOnWhereAnotherOneHasStopped) {
    user_.subscribe(options());
    uevents_.writeMany(10);
    ASSERT_TRUE(user_.waitForEvents(5));
    SubscriptionOptions later = options();
    later.stream = user_.subscription().stream();
    later.since = user_.subscription().next();
    user_.subscribe(later);
    uevents_.writeMany(10);
    ASSERT_TRUE(user_.waitForEvents(20));
    EXPECT_EQ(user_.numbers(), sequence(1, 20));
}

TEST_P(LibrarySubscription, AcknowledgesMoreThanTheWindow) {
    SubscriptionOptions wanted = options();
    wanted.window = 1;
    user_.subscribe(wanted);
    uevents_.writeMany(50);
    EXPECT_TRUE(user_.waitForEvents(50));
}

TEST_P(LibrarySubscription, ThrowsOutOfItsConstructorIfTheFilterIsRefused) {
    SubscriptionOptions wanted = options();
    wanted.filter.objects = {"["};
    for (const bool waitForDaemon : {false, true}) {
        wanted.waitForDaemon = waitForDaemon;
        try {
            user_.subscribe(wanted);
            ADD_FAILURE() << "was not refused";
        } catch (const RequestError& error) {
            EXPECT_EQ(error.name(), names::error::InvalidFilter);
        }
    }
}

TEST_P(LibrarySubscription, ThrowsOutOfItsConstructorIfItsStreamIsOfAnotherLife) {
    SubscriptionOptions wanted = options();
    wanted.stream = "0123456789abcdef0123456789abcdef";
    wanted.since = 1;
    try {
        user_.subscribe(wanted);
        ADD_FAILURE() << "was not refused";
    } catch (const RequestError& error) {
        EXPECT_EQ(error.name(), names::error::StreamChanged);
    }
}

TEST_P(LibrarySubscription, ThrowsOutOfItsConstructorWithoutADaemon) {
    daemon().stop();
    EXPECT_THROW(user_.subscribe(options()), ConnectionError);
}

TEST_P(LibrarySubscription, LosesNoOtherEventWhenAHandlerThrows) {
    user_.subscribe(options());
    user_.setAction([](const Event& event) {
        if (numberOf(event) % 10 == 3) throw std::out_of_range("three");
    });
    uevents_.writeMany(100);
    std::size_t thrown = 0;
    for (const Deadline deadline; user_.events().size() < 100;) {
        ASSERT_FALSE(deadline.expired());
        try {
            user_.step(deadline.pollTimeout());
        } catch (const std::out_of_range&) {
            ++thrown;
        }
    }
    EXPECT_EQ(thrown, 10U);
    EXPECT_EQ(user_.numbers(), sequence(1, 100));
}

// One that a handler throws is not taken for one of the connection.
TEST_P(LibrarySubscription, StaysConnectedWhenAHandlerThrowsAConnectionError) {
    user_.subscribe(options());
    user_.setAction([](const Event&) { throw ConnectionError("of another one"); });
    uevents_.write();
    EXPECT_THROW(static_cast<void>(user_.waitForEvents(1)), ConnectionError);
    EXPECT_TRUE(user_.subscription().isConnected());
    EXPECT_TRUE(user_.told().empty());
}

TEST_P(LibrarySubscription, CannotBeDispatchedFromAHandler) {
    user_.subscribe(options());
    user_.setAction([this](const Event&) { user_.subscription().dispatch(); });
    uevents_.write();
    EXPECT_THROW(static_cast<void>(user_.waitForEvents(1)), std::logic_error);
}

TEST_P(LibrarySubscription, CanBeEndedByAHandler) {
    user_.subscribe(options());
    user_.setAction([this](const Event&) { user_.subscription().end(); });
    uevents_.writeMany(10);
    ASSERT_TRUE(user_.waitForEvents(1));
    EXPECT_FALSE(user_.subscription().isConnected());
    EXPECT_FALSE(user_.step()) << "is readable although it has ended";
    EXPECT_NO_THROW(user_.subscription().dispatch());
    EXPECT_EQ(user_.events().size(), 1U);
}

// Of the handlers, nothing that they hold may be gone before they return.
TEST_P(LibrarySubscription, CanBeDestroyedByAHandler) {
    std::optional<Subscription> subscription;
    std::vector<std::uint64_t> numbers;
    SubscriptionHandlers handlers;
    handlers.event = [&subscription, &numbers](const Event& event) {
        subscription.reset();
        numbers.push_back(numberOf(event));
    };
    subscription.emplace(options(), handlers);
    uevents_.writeMany(10);
    for (const Deadline deadline; subscription;) {
        ASSERT_FALSE(deadline.expired());
        subscription->dispatch();
    }
    EXPECT_EQ(numbers, sequence(1, 1));
}

TEST_P(LibrarySubscription, CanBeMovedByAHandler) {
    std::optional<Subscription> first;
    std::optional<Subscription> second;
    std::vector<std::uint64_t> numbers;
    SubscriptionHandlers handlers;
    handlers.event = [&](const Event& event) {
        if (first) second = std::move(*first);
        first.reset();
        numbers.push_back(numberOf(event));
    };
    first.emplace(options(), handlers);
    const int fd = first->fd();
    uevents_.writeMany(10);
    for (const Deadline deadline; numbers.size() < 10;) {
        ASSERT_FALSE(deadline.expired());
        (first ? *first : *second).dispatch();
    }
    EXPECT_EQ(numbers, sequence(1, 10));
    EXPECT_EQ(second->fd(), fd);
}

INSTANTIATE_TEST_SUITE_P(, LibrarySubscription, AllRoads, NameOfRoad());

TEST(LibraryOptions, ThatContradictEachOtherAreRefused) {
    SubscriptionOptions options;
    options.list = true;
    options.since = 1;
    EXPECT_THROW(Subscription(options, LibraryUser().handlers()), std::invalid_argument);
}

TEST(LibraryOptions, WithoutAHandlerOfEventsAreRefused) {
    EXPECT_THROW(Subscription({}, {}), std::invalid_argument);
}

} // namespace
} // namespace keventd::test
