#include "client/keventctl/watch.h"

#include "client/keventctl/event_sink.h"
#include "client/keventctl/event_stream.h"
#include "client/keventctl/usage_error.h"
#include "dbus/plain_text.h"
#include "keventd/names.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

namespace keventd::ctl {
namespace {

constexpr std::string_view Sysfs = "/sys/";

/// A glob that matches this text alone.
std::string globOf(std::string_view text) {
    std::string glob;
    for (const char c : text) {
        if (std::string_view("*?[\\").find(c) != std::string_view::npos) glob += '\\';
        glob += c;
    }
    return glob;
}

void requirePlain(const std::string& argument) {
    if (!isPlainText(argument)) throw UsageError("'" + argument + "': no text");
}

// The path of a file may have been given, of which the last part is the attribute.
std::string suggestionFor(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == path.size()) return "";
    return "; did you mean: watch " + path.substr(0, slash) + " " + path.substr(slash + 1);
}

/// Prints the events of the attribute, and is done when it has been taken away.
class AttributeSink final : public EventReceiver {
public:
    explicit AttributeSink(EventSink& sink) : sink_(sink) {}

    void onEvent(const Event& event) override {
        if (isDone()) return;
        sink_.onEvent(event);
        isGone_ = event.source == names::source::Attribute && event.action == names::action::Remove;
        if (isGone_) sink_.tell("the attribute is gone");
    }
    void onLost(std::uint64_t from, std::uint64_t to, std::string_view reason) override {
        sink_.onLost(from, to, reason);
    }
    void tell(std::string_view line) override { sink_.tell(line); }
    [[nodiscard]] bool isDone() const override { return isGone_ || sink_.isDone(); }
    [[nodiscard]] Output& output() override { return sink_.output(); }

    [[nodiscard]] bool isGone() const { return isGone_; }

private:
    EventSink& sink_;
    bool isGone_ = false;
};

} // namespace

void Watch::declare(OptionSet& options) {
    options.arguments(
        "OBJECT ATTRIBUTE", [this](const auto& arguments) { setWatched(arguments); },
        "Where it is in sysfs, as a path or as events name it, and the name of the file there");
    query_.declareForm(options);
    query_.declareCount(options);
    options.value(
        "--timeout", "DURATION", [this](const std::string& text) { timeout_ = parseTimeout(text); },
        "End after this time");
}

void Watch::setWatched(const std::vector<std::string>& arguments) {
    if (arguments.size() == 1) throw UsageError("watch: ATTRIBUTE is missing" + suggestionFor(arguments[0]));
    if (arguments.size() != 2) throw UsageError("watch: OBJECT and ATTRIBUTE are required, and nothing else");
    if (arguments[1].empty()) throw UsageError("watch: ATTRIBUTE is empty");
    std::for_each(arguments.begin(), arguments.end(), requirePlain);
    watched_ = WatchedAttribute{arguments[0], arguments[1]};
}

ExitStatus Watch::run(const Connector& connector) {
    const SubscriptionOptions options = subscription(connector);
    const Interruption interruption(timeout_);
    EventSink sink(query_, interruption);
    AttributeSink attribute(sink);
    const ExitStatus status = sink.readUntilDone([&] { readStream(options, attribute, interruption); });
    const bool isWantedStill = sink.wanted() != 0;
    return attribute.isGone() && isWantedStill && status == ExitStatus::Done ? ExitStatus::Connection
                                                                             : status;
}

SubscriptionOptions Watch::subscription(const Connector& connector) const {
    if (!watched_) throw UsageError("watch: OBJECT and ATTRIBUTE are required");
    SubscriptionOptions options;
    options.watches = {{devpathOf(watched_->object), watched_->attribute}};
    options.filter.sources = {names::source::Attribute};
    options.filter.objects = {globOf(options.watches[0].object)};
    options.filter.attributes = {globOf(options.watches[0].attribute)};
    options.endpoint = connector.endpoint();
    options.connectTimeout = std::min(timeout_.value_or(options.connectTimeout), options.connectTimeout);
    return options;
}

// The daemon wants a place without links.
std::string devpathOf(const std::string& object) {
    const bool isPath = !object.starts_with('/') || object.starts_with(Sysfs);
    if (!isPath) return object;
    std::error_code error;
    const std::string place = std::filesystem::canonical(object, error);
    if (error) throw UsageError("'" + object + "': " + error.message());
    if (!place.starts_with(Sysfs)) throw UsageError("'" + object + "' is not in /sys");
    requirePlain(place);
    return place.substr(Sysfs.size() - 1);
}

} // namespace keventd::ctl
