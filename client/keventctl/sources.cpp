#include "client/keventctl/sources.h"

#include "client/keventctl/answer.h"
#include "client/keventctl/json.h"
#include "client/keventctl/text_table.h"

namespace keventd::ctl {

void Sources::declare(OptionSet& options) {
    options.flag("--json", asJson_, "One JSON object a line");
}

// No signal is caught: half an answer is none.
ExitStatus Sources::run(const Connector& connector) {
    const std::vector<SourceState> sources = connector.connect().status().sources;
    std::string text;
    if (asJson_) {
        for (const SourceState& source : sources) appendJson(text, source);
    } else {
        appendText(text, sources);
    }
    printAnswer(text);
    return ExitStatus::Done;
}

void appendText(std::string& out, const std::vector<SourceState>& sources) {
    TextTable table;
    for (const SourceState& source : sources) table.addRow({source.name, source.state, source.reason});
    table.append(out);
}

} // namespace keventd::ctl
