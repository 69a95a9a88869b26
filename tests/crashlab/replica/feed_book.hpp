// A fixed feed: what a ledger held at each of its positions, and how it tells the way between two of them.
#pragma once

#include <map>
#include <vector>

#include "agent/replica/replica.hpp"

namespace holdline::crashlab {

// The records of a ledger at one position.
struct LedgerRows {
  std::map<sync::RecordKey, sync::Record> rows;
  sync::DigestTable digests;
  std::vector<sync::DigestRoot> roots() const;
};

class FeedBook {
 public:
  explicit FeedBook(const sync::Schema& schema);

  sync::ChangeNumber first() const { return first_; }
  sync::ChangeNumber last() const { return first_ + positions_.size() - 1; }
  const LedgerRows& at(sync::ChangeNumber cn) const { return positions_.at(cn - first_); }
  static sync::Cursor cursor(sync::ChangeNumber cn) { return {cn, cn * 1'000 + 7}; }
  // From one position to the next.
  sync::Cut cut(sync::ChangeNumber from) const;

  struct Snapshot {
    sync::Manifest manifest;
    std::vector<std::vector<sync::Change>> chunks;
  };
  Snapshot snapshot(sync::ChangeNumber cn) const;

 private:
  void add_customer(LedgerRows& rows, std::uint32_t n) const;
  void put(LedgerRows& rows, sync::Record record) const;
  void remove(LedgerRows& rows, const sync::RecordKey& key) const;

  static constexpr sync::ChangeNumber first_ = 10;
  const sync::Schema& schema_;
  std::vector<LedgerRows> positions_;
};

}  // namespace holdline::crashlab
