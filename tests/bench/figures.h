// Figures: medians, percentiles, and the rows of the table that tests/bench/run puts together.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace keventd::bench {

/// @param percent  0 to 100
/// @return the value that this part of all values does not exceed (nearest rank); 0 if there are none
[[nodiscard]] double percentile(std::vector<double> values, double percent);
[[nodiscard]] inline double median(std::vector<double> values) {
    return percentile(std::move(values), 50);
}

/// @return "12.3 us": with three significant digits or more
[[nodiscard]] std::string withUnit(double value, const char* unit);

/// Prints one row "| WHAT | FIGURE | AIM |".
/// @param aim  empty if there is none
void printRow(const std::string& what, const std::string& figure, const std::string& aim = "");

/// A figure with its aim: at most so much.
struct Bound {
    double most;
    const char* unit;
};
/// Prints the row of a figure that should not exceed a bound; it says so if it does.
void printBoundedRow(const std::string& what, double figure, const Bound& bound);

} // namespace keventd::bench
