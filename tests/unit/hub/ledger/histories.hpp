// Random histories against a model that keeps every state: whatever range a device is told, in whatever pieces, it ends
// with the rows of the state at its end, and with their digests.
#pragma once

#include <random>

#include "tests/unit/hub/ledger/world.hpp"

namespace holdline::hub::testing {

template <class Store>
class LedgerHistories : public ::testing::Test {
 protected:
  using Scopes = std::vector<std::string>;

  std::uint64_t draw(std::uint64_t below) {
    return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random_);
  }
  bool one_in(std::uint64_t n) { return draw(n) == 0; }

  sync::Value text_or_null() { return one_in(4) ? sync::Value{} : sync::Value{"text " + std::to_string(draw(6))}; }

  Record random_record(const sync::Schema& schema, const Rows& all) {
    const auto collection = static_cast<sync::CollectionNo>(1 + draw(3));
    const std::uint64_t n = draw(12) + 100u * collection;
    Record next = make(schema, collection, n, places_[draw(places_.size())]);
    if (const auto at = all.find(next.key); at != all.end() && !one_in(5)) next.scope = at->second.scope;
    next.deleted = one_in(6);
    next.deletion_asked = one_in(8);
    if (collection == customer_no) {
      for (auto& field : next.fields) field = text_or_null();
    } else if (collection == note_no) {
      next.fields[0] = id_of(100 + draw(12));
      next.fields[1] = text_or_null();
    } else if (!one_in(3)) {
      next.fields[0] = static_cast<std::int64_t>(draw(4));
    }
    return next;
  }

  // One transaction of up to four cns.
  void step(Ledger& ledger) {
    Rows all = states_.back();
    std::vector<std::vector<Record>> cns(1 + draw(4));
    for (auto& records : cns) {
      std::map<RecordKey, Record> chosen;
      for (std::uint64_t i = draw(4); i > 0; --i) {
        Record next = random_record(ledger.schema(), all);
        chosen.emplace(next.key, next);
      }
      for (const auto& [key, record] : chosen) {
        records.push_back(record);
        all.insert_or_assign(key, record);
      }
      states_.push_back(all);
    }
    const Cursor head = commit(ledger, cns);
    while (salts_.size() < states_.size()) salts_.push_back(head.salt);
  }

  // Pulls from `from` to the head in pieces and compares after each.
  void follow(Ledger& ledger, ChangeNumber from, const Scopes& scopes, sync::VisibilitySet profile) {
    const sync::Schema& schema = ledger.schema();
    Cursor at{from, salts_[from]};
    Rows replica = held_by_device(schema, states_[from], scopes, profile);
    const auto reader = ledger.reader().value();
    const std::size_t piece = 1 + draw(40);
    for (;;) {
      const auto cut = reader->cut(at, scopes, profile, piece);
      ASSERT_TRUE(cut) << cut.error().message;
      ASSERT_EQ(cut->from, at.cn);
      apply(schema, *cut, replica);
      at = cut->to;
      ASSERT_EQ(at.salt, salts_[at.cn]);
      ASSERT_EQ(replica, held_by_device(schema, states_[at.cn], scopes, profile)) << "from " << from << " to " << at.cn;
      if (at.cn == states_.size() - 1) {
        ASSERT_EQ(sorted(cut->digests), roots_of(schema, replica, profile));
        return;
      }
      ASSERT_TRUE(cut->digests.empty());
    }
  }

  std::mt19937_64 random_{20240611};
  const Scopes places_{"acme/leeds", "acme/york", "acme/hull"};
  std::vector<Rows> states_{Rows{}};     // by cn
  std::vector<std::uint64_t> salts_{0};  // by cn
};

TYPED_TEST_SUITE_P(LedgerHistories);

TYPED_TEST_P(LedgerHistories, EveryDeviceEndsWithTheStateItWasToldAbout) {
  TypeParam store;
  for (int step = 0; step < 1000; ++step) {
    this->step(store.ledger());
    if (step % 250 == 100) store.reopen();
    if (step % 10 != 0) continue;
    std::vector<std::string> scopes;
    for (const auto& place : this->places_) {
      if (this->draw(3) != 0) scopes.push_back(place);
    }
    const auto profile = static_cast<sync::VisibilitySet>(1 + this->draw(3));
    this->follow(store.ledger(), this->draw(this->states_.size()), scopes, profile);
    if (this->HasFatalFailure()) return;
  }
}

TYPED_TEST_P(LedgerHistories, DigestsKeptChangeByChangeEqualThoseOfTheRows) {
  TypeParam store;
  for (int step = 0; step < 200; ++step) this->step(store.ledger());
  sync::DigestTable recomputed;
  const auto reader = store.ledger().reader().value();
  for (const auto& collection : store.ledger().schema().collections()) {
    const auto rows = reader->rows(collection.no, this->places_, Id{}, 1000).value();
    for (const auto& at : rows) {
      recomputed.change(collection, nullptr, &at.stored.record);
    }
  }
  EXPECT_FALSE(recomputed.all().empty());
  EXPECT_EQ(reader->digests(this->places_, nurse).value(), recomputed.all());
}

REGISTER_TYPED_TEST_SUITE_P(LedgerHistories, EveryDeviceEndsWithTheStateItWasToldAbout,
                            DigestsKeptChangeByChangeEqualThoseOfTheRows);

}  // namespace holdline::hub::testing
