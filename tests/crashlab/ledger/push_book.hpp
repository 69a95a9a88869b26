// A fixed sequence of pushes from two workstations, and what a ledger holds after each of them. Taken in order, in
// groups of any size, they always lead to the same records, results and progress; the order within a group is intake's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hub/intake/intake.hpp"
#include "hub/ledger/sqlite/ledger.hpp"
#include "platform/crypto/signing.hpp"

namespace holdline::crashlab {

inline const std::vector<std::string> ledger_scopes{"acme/north"};

// What can be asked of a ledger about the pushes, as values, whatever the groups.
struct LedgerTruth {
  sync::ChangeNumber head = 0;
  std::map<sync::DigestKey, sync::Leaves> digests;
  std::map<hub::LaneKey, std::uint64_t> progress;
  std::map<std::pair<hub::LaneKey, std::uint64_t>, sync::Verdict> results;
  std::map<sync::Id, std::uint64_t> stream_ends;  // the last entry of each workstation's results
  bool dense = true;                              // no entry is missing in a stream
  bool operator==(const LedgerTruth&) const = default;
};
std::string difference(const LedgerTruth& wanted, const LedgerTruth& found);

class PushBook {
 public:
  explicit PushBook(const sync::Schema& schema);

  std::size_t size() const { return pushes_.size(); }
  const hub::IncomingPush& push(std::size_t i) const { return pushes_[i]; }
  const hub::Person& person() const { return person_; }
  const std::vector<hub::Device>& devices() const { return devices_; }
  // What the ledger shows; its error when it cannot.
  Result<LedgerTruth> observe(hub::Ledger& ledger) const;

 private:
  struct Station {
    sync::Maker maker;
    sync::Assertion sign_in;
    std::map<sync::Lane, std::vector<sync::StoredAction>> lanes;
    std::vector<std::pair<sync::Id, std::string>> customers;  // and the family name each has now
  };
  void act(Station& station, std::uint64_t draw, const std::string& token);
  void send(const hub::Device& device, const Station& station, sync::Lane lane, std::size_t from);

  const sync::Schema& schema_;
  const sync::SchemaVersions versions_;
  const platform::SigningKey key_;
  hub::Person person_;
  std::vector<hub::Device> devices_;
  std::vector<hub::IncomingPush> pushes_;
};

}  // namespace holdline::crashlab
