// The journal, for messages with more than text: sd_journal_sendv(3).
#pragma once

#include "daemon/base/message_ids.h"

#include <string>
#include <string_view>
#include <vector>

namespace keventd {

/// What a program that reads the journal finds beside the text.
struct LogField {
    const char* name; ///< upper-case letters, digits and "_"; ours begin with KEVENTD_
    std::string value;
};
using LogFields = std::vector<LogField>;

/// A journal that does not take it is no failure.
/// @param priority  as of syslog(3)
void sendToJournal(int priority, const MessageId& id, std::string_view message, const LogFields& fields);

} // namespace keventd
