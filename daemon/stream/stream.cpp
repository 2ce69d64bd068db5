#include "daemon/stream/stream.h"

#include "daemon/stream/escape.h"

#include <utility>

namespace keventd {

Stream::Stream(std::string id, const Sequencer::Options& order, History& history)
    : id_(std::move(id)), history_(history), sequencer_(order, [this](Event& event) {
          escapeText(event);
          history_.append(event);
      }) {}

} // namespace keventd
