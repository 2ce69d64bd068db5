#include "tests/bench/figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace keventd::bench {

double percentile(std::vector<double> values, double percent) {
    if (values.empty()) return 0;
    const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(values.size())));
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
    std::nth_element(values.begin(), nth, values.end());
    return *nth;
}

std::string withUnit(double value, const char* unit) {
    const int digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f%s%s", digits, value, *unit == '\0' ? "" : " ", unit);
    return text.data();
}

void printRow(const std::string& what, const std::string& figure, const std::string& aim) {
    std::printf("| %s | %s | %s |\n", what.c_str(), figure.c_str(), aim.c_str());
    std::fflush(stdout);
}

void printBoundedRow(const std::string& what, double figure, const Bound& bound) {
    const std::string aim = "<= " + withUnit(bound.most, bound.unit);
    printRow(what, withUnit(figure, bound.unit), figure <= bound.most ? aim : aim + ", **missed**");
}

} // namespace keventd::bench
