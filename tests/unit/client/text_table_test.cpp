#include "client/keventctl/text_table.h"

#include <gtest/gtest.h>

namespace keventd::ctl {
namespace {

std::string textOf(const TextTable& table, std::string_view indent = "") {
    std::string out;
    table.append(out, indent);
    return out;
}

TEST(TextTable, AlignsItsColumns) {
    TextTable table;
    table.addRow({"a", "bbb", "c"});
    table.addRow({"aaa", "b", "ccc"});
    EXPECT_EQ(textOf(table), "a    bbb  c\n"
                             "aaa  b    ccc\n");
}

TEST(TextTable, LeavesNothingBehindTheLastCellThatSaysSomething) {
    TextTable table;
    table.addRow({"a", "b", ""});
    table.addRow({"aaa", "", "c"});
    EXPECT_EQ(textOf(table), "a    b\n"
                             "aaa     c\n");
}

TEST(TextTable, IsNotPushedAsideByOneOddCell) {
    TextTable table;
    table.addRow({std::string(100, 'x'), "b"});
    table.addRow({"a", "b"});
    EXPECT_EQ(textOf(table), std::string(100, 'x') + "  b\na" + std::string(31, ' ') + "  b\n");
}

TEST(TextTable, LetsNoControlCharacterThrough) {
    TextTable table;
    table.addRow({"\x1b[2J", "b"});
    EXPECT_EQ(textOf(table), "?[2J  b\n");
}

TEST(TextTable, AlignsNumbersToTheRight) {
    TextTable table({TextTable::Align::Left, TextTable::Align::Right});
    table.addRow({"a", "1", "b"});
    table.addRow({"aa", "100", "b"});
    table.addRow({"a", "20"});
    EXPECT_EQ(textOf(table), "a     1  b\n"
                             "aa  100  b\n"
                             "a    20\n");
}

TEST(TextTable, IndentsItsRows) {
    TextTable table;
    table.addRow({"a"});
    EXPECT_EQ(textOf(table, "  "), "  a\n");
    EXPECT_EQ(textOf(TextTable(), "  "), "");
}

} // namespace
} // namespace keventd::ctl
