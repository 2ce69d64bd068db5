#include "client/keventctl/text_table.h"

#include "client/keventctl/printable.h"

#include <algorithm>

namespace keventd::ctl {
namespace {

constexpr std::size_t WidestColumn = 32; // one odd name does not push all that follows aside
constexpr std::string_view Gap = "  ";

} // namespace

void TextTable::addRow(const std::vector<std::string_view>& cells) {
    std::vector<std::string> row;
    row.reserve(cells.size());
    for (const std::string_view cell : cells) row.push_back(printable(cell));
    while (!row.empty() && row.back().empty()) row.pop_back();
    widths_.resize(std::max(widths_.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
        widths_[i] = std::max(widths_[i], std::min(row[i].size(), WidestColumn));
    }
    rows_.push_back(std::move(row));
}

void TextTable::appendRow(std::string& out, std::size_t row) const {
    const std::vector<std::string>& cells = rows_.at(row);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::size_t padding = widths_[i] - std::min(widths_[i], cells[i].size());
        if (isRight(i)) out.append(padding, ' ');
        out += cells[i];
        if (i + 1 == cells.size()) break;
        if (!isRight(i)) out.append(padding, ' ');
        out += Gap;
    }
    out += '\n';
}

void TextTable::append(std::string& out, std::string_view indent) const {
    for (std::size_t row = 0; row < size(); ++row) {
        out += indent;
        appendRow(out, row);
    }
}

} // namespace keventd::ctl
