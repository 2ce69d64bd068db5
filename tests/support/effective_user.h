// Somebody else for a while: a socket that connects meanwhile bears that user's credentials (SO_PEERCRED,
// unix(7)).
#pragma once

#include <cerrno>
#include <sys/types.h>
#include <system_error>
#include <unistd.h>

namespace keventd::test {

inline constexpr uid_t Nobody = 65'534;

class EffectiveUser {
public:
    /// @throws std::system_error if this process may not, being no root
    explicit EffectiveUser(uid_t user) : before_(geteuid()) { change(user); }
    EffectiveUser(const EffectiveUser&) = delete;
    EffectiveUser& operator=(const EffectiveUser&) = delete;
    ~EffectiveUser() { change(before_); }

private:
    static void change(uid_t user) {
        if (seteuid(user) < 0) throw std::system_error(errno, std::generic_category(), "change user");
    }

    uid_t before_;
};

} // namespace keventd::test
