// What the outbox knows without asking the file: where every kept action is, what became of it, and where each chain
// ends. Built by one scan at open, then kept in step by the outbox after each commit. One thread.
// Internal to agent/outbox.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/outbox/store.hpp"
#include "sync/action/action.hpp"
#include "sync/wire/message.hpp"

namespace holdline::agent {

enum class Settlement : std::uint8_t {
  open,         // the hub has said nothing yet
  waiting,      // held at the hub until what it names in `depends_on` arrives
  quarantined,  // refused by the hub, kept there and here until a person decides
  settled,      // took effect, lost to another value, or was decided to have none, at a cn of the ledger
  reissued,     // lives on under another incarnation
};
Settlement settlement_of(sync::Verdict verdict);

struct Entry {
  std::int64_t seq = 0;
  std::int64_t wall_ms = 0;    // when it was saved
  std::uint64_t bytes_to = 0;  // stored bytes of the lane from its first kept action to this one
  std::uint64_t cn = 0;        // settled: where it took effect
  Settlement settlement = Settlement::open;
};

// One lane of one incarnation: dense numbers, so a number is an offset.
class LaneChain {
 public:
  std::uint64_t pruned_through() const { return pruned_through_; }
  std::uint64_t last() const { return pruned_through_ + entries_.size(); }
  const sync::Hash& tip() const { return tip_; }
  const sync::Hash& base() const { return base_; }  // hash of the last one pruned
  const Entry* find(std::uint64_t number) const;
  Entry* find(std::uint64_t number);
  std::size_t size() const { return entries_.size(); }
  // Stored bytes of the kept actions up to `number`.
  std::uint64_t bytes_to(std::uint64_t number) const;
  std::uint64_t bytes() const { return bytes_to(last()); }

  void start_at(std::uint64_t pruned_through, const sync::Hash& base);
  void push(Entry entry, std::uint64_t bytes, const sync::Hash& hash);
  void prune_first(const sync::Hash& hash);

 private:
  std::uint64_t pruned_through_ = 0, bytes_gone_ = 0;
  sync::Hash base_, tip_;
  std::deque<Entry> entries_;
};

using IncarnationChains = std::array<LaneChain, sync::lane_count>;

// Idempotency key -> seq, by the hash of the key; the caller compares the key in the row.
class KeyIndex {
 public:
  void add(std::string_view key, std::int64_t seq) { seqs_.emplace(std::hash<std::string_view>{}(key), seq); }
  void remove(std::string_view key, std::int64_t seq);
  // Newest first: a re-issued action answers for the one it replaces.
  std::vector<std::int64_t> candidates(std::string_view key) const;

 private:
  std::unordered_multimap<std::size_t, std::int64_t> seqs_;
};

// The first broken link of a chain, or the first row that could not be read.
struct Damage {
  bool unreadable = false;
  sync::Lane lane = 0;
  std::uint64_t number = 0;
};

struct OutboxState {
  sync::Id device;
  std::vector<sync::Id> incarnations;
  std::vector<IncarnationChains> chains;  // one per incarnation
  KeyIndex keys;
  std::vector<std::uint32_t> schemas;  // versions whose text the file keeps
  sync::HybridTime hybrid;             // latest
  std::int64_t next_seq = 1;
  sync::Id epoch;  // of the results
  std::uint64_t results_to = 0, pruned = 0, lost = 0, quarantined = 0;
  sync::LatestResult latest;  // of the results
  std::array<std::uint64_t, sync::lane_count> acknowledged{};
  // Which action of the current incarnation decides on which earlier one.
  std::map<sync::ActionRef, sync::ActionRef> decided;
  std::set<sync::ActionRef> given_up;  // of the deciding ones those that put nothing in its place
  std::optional<Damage> damage;

  // Reads everything and recomputes every hash. An error only when the file does not say whose it is.
  static Result<OutboxState> load(OutboxStore& store);

  std::uint32_t ordinal() const { return static_cast<std::uint32_t>(incarnations.size()); }
  sync::Maker maker() const { return {device, incarnations.back()}; }
  sync::Maker maker_of(LaneId lane_id) const { return {device, incarnations[incarnation_of(lane_id) - 1]}; }
  IncarnationChains& current() { return chains.back(); }
  const IncarnationChains& current() const { return chains.back(); }
  LaneChain& chain(LaneId lane_id) { return chains[incarnation_of(lane_id) - 1][lane_of(lane_id)]; }
  // Null when no such action of the current incarnation is kept.
  const Entry* find(sync::ActionRef ref) const;
  Entry* find(sync::ActionRef ref);
  // What became of an action of the current incarnation.
  void settle(Entry& entry, Settlement settlement, std::uint64_t cn);
  void decide(sync::ActionRef by, const sync::ActionHeader& header);
  // Refused, and not decided on: a decision that was refused itself, other than by what took its place, decides
  // nothing.
  bool needs_attention(sync::ActionRef ref) const;

 private:
  void take(const ScannedAction& action);
};

}  // namespace holdline::agent
