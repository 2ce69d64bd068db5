#include "client/keventctl/monitor.h"

#include "client/keventctl/event_sink.h"
#include "client/keventctl/event_stream.h"

namespace keventd::ctl {

void Monitor::declare(OptionSet& options) {
    query_.declare(options);
    query_.events().declareCount(options);
}

ExitStatus Monitor::run(const Connector& connector) {
    const Interruption interruption(query_.timeout());
    EventSink sink(query_.events(), interruption);
    return sink.readUntilDone([&] { readStream(query_.subscription(connector), sink, interruption); });
}

} // namespace keventd::ctl
