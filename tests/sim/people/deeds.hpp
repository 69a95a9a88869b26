// What people did, as the world remembers it: every action somebody tried to save, whether it was acknowledged, and
// where the hub met it. Each deed carries a text that no other has, by which it is found again wherever it ends up.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "sync/action/action.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sim {

using DeedNo = std::uint64_t;

struct Deed {
  DeedNo no = 0;
  agent::Draft draft;
  std::uint32_t form = 0;  // version of the schema that it was typed in
  bool acknowledged = false;
  std::vector<sync::Id> created;      // ids of the records its creates made
  std::set<std::size_t> machines;     // on whose disks it was acknowledged
  std::uint64_t acknowledged_at = 0;  // count of the world's events then
  bool disk_gone = false;             // no disk has it any more: put back to an earlier time, or let go of
  bool at_hub = false;                // with the disk gone: the ledger that holds has it
  bool pruned = false;                // an outbox may have let go of it, and of the key by which it was known
};

// One action's place in the world.
struct ActionPlace {
  sync::Id device, incarnation;
  sync::ActionRef ref;
  auto operator<=>(const ActionPlace&) const = default;
};

// "#12#", to be part of a text.
std::string token_of(DeedNo no);
// The deed that an action is, by the texts it writes; nullopt: none of ours.
std::optional<DeedNo> deed_of(const sync::Schema& schema, const std::vector<sync::Op>& ops);
// What it does, for the trace: "customer 1f2e: given 'Ada' -> 'edit #12#'".
std::string described(const sync::Schema& schema, const std::vector<sync::Op>& ops);
// Every deed that a text speaks of.
std::vector<DeedNo> tokens_in(std::string_view text);

class Deeds {
 public:
  Deed& begin(agent::Draft draft);
  DeedNo next() const { return all_.size() + 1; }
  Deed* find(DeedNo no) { return no >= 1 && no <= all_.size() ? &all_[no - 1] : nullptr; }
  std::deque<Deed>& all() { return all_; }
  const std::deque<Deed>& all() const { return all_; }

  // The hub is about to take it there, whether or not the answer ever comes. A number that was lost with a disk and
  // with the hub's history may be used anew.
  void met(const ActionPlace& place, DeedNo no) { places_[place] = no; }
  const std::map<ActionPlace, DeedNo>& places() const { return places_; }
  // A hub met an action that makes this record.
  bool once_made(const sync::RecordKey& key) const;

 private:
  std::deque<Deed> all_;  // by number from 1; a deque, so that a deed stays where it is
  std::map<ActionPlace, DeedNo> places_;
};

}  // namespace holdline::sim
