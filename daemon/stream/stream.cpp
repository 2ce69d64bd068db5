#include "daemon/stream/stream.h"

#include "daemon/stream/escape.h"

#include <utility>

namespace keventd {

Stream::Stream(std::string id, const Sequencer::Options& order, History& history, DeviceTable& devices)
    : id_(std::move(id)), history_(history), devices_(devices), sequencer_(order, [this](Event& event) {
          devices_.apply(event);
          escapeText(event);
          history_.append(event);
      }) {}

} // namespace keventd
