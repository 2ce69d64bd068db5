#include "client/keventctl/commands.h"

#include "client/keventctl/history.h"
#include "client/keventctl/list.h"
#include "client/keventctl/monitor.h"
#include "client/keventctl/resync.h"
#include "client/keventctl/sources.h"
#include "client/keventctl/status.h"
#include "client/keventctl/sync.h"
#include "client/keventctl/wait.h"
#include "client/keventctl/watch.h"

namespace keventd::ctl {
namespace {

template <typename Kind>
std::unique_ptr<Command> make() {
    return std::make_unique<Kind>();
}

using Factory = std::unique_ptr<Command> (*)();

constexpr Factory Table[] = {
    make<Monitor>, make<History>, make<List>,   make<Wait>,    make<Watch>,
    make<Sync>,    make<Resync>,  make<Status>, make<Sources>,
};

} // namespace

std::vector<std::unique_ptr<Command>> makeCommands() {
    std::vector<std::unique_ptr<Command>> commands;
    for (const Factory factory : Table) {
        commands.push_back(factory());
    }
    return commands;
}

} // namespace keventd::ctl
