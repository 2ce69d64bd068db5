// Rows of text in aligned columns. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keventd::ctl {

class TextTable {
public:
    enum class Align { Left, Right };

    /// @param columns  how each is aligned; further ones are to the left
    explicit TextTable(std::vector<Align> columns = {}) : columns_(std::move(columns)) {}

    /// @param cells  text of others, made printable here; empty ones at the end leave nothing behind
    void addRow(const std::vector<std::string_view>& cells);

    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    /// Appends a row with its newline, aligned with all others.
    void appendRow(std::string& out, std::size_t row) const;
    /// Appends all of them.
    /// @param indent  what each begins with
    void append(std::string& out, std::string_view indent = "") const;

private:
    [[nodiscard]] bool isRight(std::size_t column) const {
        return column < columns_.size() && columns_[column] == Align::Right;
    }

    std::vector<Align> columns_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> widths_;
};

} // namespace keventd::ctl
