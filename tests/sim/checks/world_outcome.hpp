// What a world at rest has come to, as its ledger tells it: the ground that the last checkers stand on.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "tests/sim/world/hub_node.hpp"
#include "tests/sim/world/stage.hpp"

namespace holdline::sim {

// What became of an action at one of the places where it was offered.
struct Fate {
  ActionPlace place;
  sync::Verdict verdict;
};

class WorldOutcome {
 public:
  // Throws Violation: an action has two results, or a result is about an action that nobody made.
  WorldOutcome(const Stage& stage, HubNode& hub);

  const std::map<DeedNo, std::vector<Fate>>& fates() const { return fates_; }
  // A deed took effect; that it did so once is the model's to say.
  bool has_effect(DeedNo no) const;
  // All records that live, conflicts included.
  const std::vector<sync::Record>& records() const { return records_; }
  bool is_conflict(const sync::RecordKey& key) const { return key.collection == conflict_.no; }
  // How many texts outside conflicts speak of a deed.
  const std::map<DeedNo, std::size_t>& spoken_of() const { return spoken_of_; }
  // What conflicts keep, each as value_of() its record.
  const std::set<sync::Bytes>& conflict_values() const { return conflict_values_; }
  std::size_t resolved_conflicts() const;
  std::size_t asked_about_deletion() const { return asked_about_deletion_; }

 private:
  void read_results(const Stage& stage);
  void read_records(const Stage& stage, HubNode& hub);

  const sync::Collection& conflict_;
  std::map<DeedNo, std::vector<Fate>> fates_;
  std::vector<sync::Record> records_;
  std::set<sync::Bytes> conflict_values_;
  std::map<DeedNo, std::size_t> spoken_of_;
  std::size_t asked_about_deletion_ = 0;
};

// A value of a record in canonical form, after the record's id.
sync::Bytes value_of(const sync::RecordKey& key, const sync::Value& value);

}  // namespace holdline::sim
