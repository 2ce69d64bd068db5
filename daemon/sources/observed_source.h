// What all sources have in common that the kernel tells only to look again: nothing of theirs outlives the
// daemon, and nothing can be lost but what nobody could have seen.
#pragma once

#include "daemon/sources/source.h"

namespace keventd {

class ObservedSource : public Source {
public:
    [[nodiscard]] const char* name() const override { return name_; }
    [[nodiscard]] bool isCounted() const override { return false; }
    [[nodiscard]] bool inherited() const override { return false; }
    void takeLanded(Arrivals& /*arrivals*/) override {}
    [[nodiscard]] SourceStatus status() const override { return status_; }
    [[nodiscard]] SourceStatistics statistics() const override { return statistics_; }

protected:
    /// @param name  names::source, a literal
    explicit ObservedSource(const char* name) : name_(name) {}

    void setStatus(const SourceStatus& status) { status_ = status; }
    [[nodiscard]] SourceStatistics& counted() { return statistics_; }

private:
    const char* name_;
    SourceStatus status_;
    SourceStatistics statistics_;
};

} // namespace keventd
