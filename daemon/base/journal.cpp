#define SD_JOURNAL_SUPPRESS_LOCATION // that of this file would be told
#include "daemon/base/journal.h"

#include "daemon/base/text.h"

#include <sys/uio.h>
#include <systemd/sd-journal.h>

namespace keventd {

void sendToJournal(int priority, const MessageId& id, std::string_view message, const LogFields& fields) {
    std::vector<std::string> entries{text("MESSAGE=", message), text("PRIORITY=", priority),
                                     text("MESSAGE_ID=", id.digits), "SYSLOG_IDENTIFIER=keventd"};
    for (const auto& [name, value] : fields) entries.push_back(text(name, "=", value));
    std::vector<iovec> pieces;
    pieces.reserve(entries.size());
    for (std::string& entry : entries) pieces.push_back({entry.data(), entry.size()});
    sd_journal_sendv(pieces.data(), static_cast<int>(pieces.size()));
}

} // namespace keventd
