// Who may work at a workstation, as it is told: people with their wrapped keys, and what the workstation itself is
// called and holds. A mark of it travels with every pull, so that a change is known at once and costs nothing
// otherwise. Internal to hub/feed.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/ledger/ledger.hpp"

namespace holdline::hub {

// What such a request changes: claims are kept for an operator, numbers for references given out. Durable when it
// returns; answers what the answer says of it. On the thread that writes the ledger, so that nobody who reads waits for
// the disk.
Result<std::string> take_asked(Ledger& ledger, const Device& device, std::string_view body, std::int64_t now_ms);

// One thread. Remembers what it asked of the ledger until the directory changes.
class Roster {
 public:
  Roster(Ledger& ledger, std::int64_t sign_in_hours, std::string region)
      : ledger_(ledger),
        sign_in_hours_(sign_in_hours),
        region_(std::move(region)),
        suppression_key_(ledger.identity().suppression_key),
        site_key_(ledger.identity().site_key) {}

  // First eight bytes of a hash over the answer: another ledger with other people has another mark, which a counter
  // that was put back would not. Never 0.
  Result<std::uint64_t> mark(const Device& device);
  // Answers `{known}`, `{claims}` or `{references}` (sync/wire/PROTOCOL.md). `taken`: of take_asked().
  Result<std::string> answer(const Device& device, std::string_view body, std::string_view taken);

 private:
  // The people of some scopes, in the form they are told in.
  struct People {
    std::string json;
    sync::Hash hash;
    std::set<Id> ids;
  };
  Result<const People*> people_of(const std::vector<std::string>& scopes);
  // The members of the answer beside the people.
  std::string rest_of(const Device& device) const;

  Ledger& ledger_;
  const std::int64_t sign_in_hours_;
  const std::string region_;
  const sync::Bytes suppression_key_, site_key_;
  std::uint64_t version_ = 0;                                    // of the directory, at which what follows was asked
  std::map<std::vector<std::string>, People> people_;            // by scopes
  std::map<Id, std::pair<std::uint32_t, std::uint64_t>> marks_;  // by device: grants, mark
};

}  // namespace holdline::hub
