// Rows of text in aligned columns. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace keventd::ctl {

class TextTable {
public:
    /// @param cells  text of others, made printable here; empty ones at the end leave nothing behind
    void addRow(const std::vector<std::string_view>& cells);

    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    /// Appends a row with its newline, aligned with all others.
    void appendRow(std::string& out, std::size_t row) const;
    /// Appends all of them.
    /// @param indent  what each begins with
    void append(std::string& out, std::string_view indent = "") const;

private:
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> widths_;
};

} // namespace keventd::ctl
