// All that a comparison looks at, named in pieces, so that a turn ends in time however much there is.
#pragma once

#include <cstddef>
#include <set>
#include <string>

namespace keventd {

class Enumeration {
public:
    Enumeration() = default;
    Enumeration(const Enumeration&) = delete;
    Enumeration& operator=(const Enumeration&) = delete;
    virtual ~Enumeration() = default;

    /// Adds a few devpaths: at the end, of all objects that were told or there from the first call to the
    /// last.
    /// @return false if there were no more
    [[nodiscard]] virtual bool addNext(std::set<std::string>& objects) = 0;
};

/// The devpaths of a map, which may change meanwhile.
template <typename Map>
class KeysInPieces {
public:
    /// @param map  outlives the object
    explicit KeysInPieces(const Map& map) : map_(map) {}

    /// As Enumeration's.
    [[nodiscard]] bool addNext(std::set<std::string>& objects) {
        auto entry = map_.upper_bound(last_);
        if (entry == map_.end()) return false;
        for (std::size_t count = 0; count < Piece && entry != map_.end(); ++count, ++entry) {
            objects.insert(objects.end(), entry->first);
            last_ = entry->first;
        }
        return true;
    }

private:
    static constexpr std::size_t Piece = 64;

    const Map& map_;
    std::string last_; // of those that have been added
};

} // namespace keventd
