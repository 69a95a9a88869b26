// What every ledger promises, as tests over a store that makes one. A store has:
//   Ledger& ledger();    the open ledger, made with testing::schema_text()
//   void reopen();       closes it and opens it again
//   void copy_aside();   keeps a copy of the closed ledger and opens it again
//   void put_back();     replaces the ledger by that copy and opens it
#pragma once

#include <algorithm>

#include "tests/unit/hub/ledger/world.hpp"

namespace holdline::hub::testing {

template <class Store>
class LedgerContract : public ::testing::Test {
 protected:
  Ledger& ledger() { return store_.ledger(); }
  const sync::Schema& schema() { return store_.ledger().schema(); }

  std::unique_ptr<LedgerReader> reader() {
    auto made = ledger().reader();
    if (!made) throw std::runtime_error(made.error().message);
    return *std::move(made);
  }
  std::unique_ptr<LedgerTransaction> begin() {
    auto made = ledger().begin();
    if (!made) throw std::runtime_error(made.error().message);
    return *std::move(made);
  }
  Record named(std::uint64_t n, const std::string& name, const std::string& scope = "acme/leeds") {
    return customer(schema(), n, scope, name);
  }
  sync::Cut cut(const Cursor& from, std::size_t records = 4000, sync::VisibilitySet profile = nurse) {
    auto made = reader()->cut(from, scopes_, profile, records);
    if (!made) throw std::runtime_error(made.error().message);
    return *std::move(made);
  }
  KeptResult result(std::uint64_t entry, std::uint64_t number) {
    KeptResult kept;
    kept.device = device_;
    kept.result.entry = entry;
    kept.result.incarnation = lane_.incarnation;
    kept.result.lane = lane_.lane;
    kept.result.number = number;
    kept.hash = sync::sha256(std::to_string(number));
    return kept;
  }

  Store store_;
  const std::vector<std::string> scopes_{"acme/leeds"};
  const Id device_ = id_of(500);
  const LaneKey lane_{id_of(500), id_of(501), 2};
};

TYPED_TEST_SUITE_P(LedgerContract);

TYPED_TEST_P(LedgerContract, ANewLedgerStandsBeforeEverything) {
  EXPECT_EQ(this->begin()->head(), Cursor{});
  const auto cut = this->cut({});
  EXPECT_EQ(cut.to, Cursor{});
  EXPECT_TRUE(cut.changes.empty());
}

TYPED_TEST_P(LedgerContract, KeepsRecordsResultsAndProgressTogetherAcrossARestart) {
  const Record ann = this->named(1, "Ann");
  {
    auto transaction = this->begin();
    ChangeSet changes;
    changes.records.push_back(write_of(nullptr, ann, 1));
    changes.progress[this->lane_] = {7, sync::sha256("7")};
    auto kept = this->result(1, 7);
    kept.result.verdict = sync::Verdict::conflict;
    kept.result.at = {1, 99};
    kept.result.conflicts = {id_of(3), id_of(4)};
    kept.result.code = "code";
    kept.result.text = "text";
    changes.results.push_back(kept);
    changes.last_cn = 1;
    changes.salt = 0xfedcba9876543210;
    ASSERT_TRUE(transaction->commit(changes));
  }
  this->store_.reopen();
  auto transaction = this->begin();
  EXPECT_EQ(transaction->head(), (Cursor{1, 0xfedcba9876543210}));
  const auto records = transaction->records(std::vector{ann.key}).value();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records.at(ann.key).stored.record, ann);
  EXPECT_EQ(records.at(ann.key).stored.meta.last_device, id_of(900));
  EXPECT_EQ(records.at(ann.key).cn, 1u);
  EXPECT_EQ(transaction->progress(std::vector{this->lane_}).value().at(this->lane_).number, 7u);
  EXPECT_EQ(transaction->result_heads(std::vector{this->device_}).value().at(this->device_), 1u);
  const auto results = transaction->results(this->lane_, 7, 7).value();
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].hash, sync::sha256("7"));
  EXPECT_EQ(results[0].result.at, (Cursor{1, 99}));
  EXPECT_EQ(results[0].result.conflicts, (std::vector{id_of(3), id_of(4)}));
  EXPECT_EQ(results[0].result.text, "text");
  const auto told = this->reader()->results(this->device_, 0, 10).value();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0], results[0].result);
}

TYPED_TEST_P(LedgerContract, LeavesNothingBehindWithoutCommit) {
  { const auto transaction = this->begin(); }
  EXPECT_EQ(this->begin()->head(), Cursor{});
}

// The second result breaks the density of entries, after rows, feed and digests were written.
TYPED_TEST_P(LedgerContract, ACommitThatFailsHalfwayLeavesNothingBehind) {
  commit(this->ledger(), {{this->named(1, "Ann")}});
  const auto before = this->reader()->digests(this->scopes_, nurse).value();
  {
    auto transaction = this->begin();
    ChangeSet changes;
    const Record ann = this->named(1, "Ann");
    changes.records.push_back(write_of(&ann, this->named(1, "Anna"), 2));
    changes.records.push_back(write_of(nullptr, this->named(2, "Bob", "acme/york"), 2));
    changes.results = {this->result(1, 1), this->result(1, 2)};
    changes.last_cn = 2;
    changes.salt = 5;
    EXPECT_FALSE(transaction->commit(changes));
  }
  EXPECT_EQ(this->reader()->head().value(), (Cursor{1, 1001}));
  EXPECT_EQ(this->reader()->row({customer_no, id_of(1)}).value()->stored.record, this->named(1, "Ann"));
  EXPECT_FALSE(this->reader()->row({customer_no, id_of(2)}).value());
  EXPECT_EQ(this->reader()->result_head(this->device_).value(), 0u);
  EXPECT_EQ(this->reader()->digests(this->scopes_, nurse).value(), before);

  // What was undone in memory as well: the next commit is told, and digested, as if the failed one had not been.
  commit(this->ledger(), {{this->named(2, "Bob", "acme/york")}});
  const std::vector<std::string> both{"acme/leeds", "acme/york"};
  const auto cut = this->reader()->cut({}, both, nurse, 100).value();
  Rows replica;
  apply(this->schema(), cut, replica);
  EXPECT_EQ(replica.size(), 2u);
  EXPECT_EQ(sorted(cut.digests), roots_of(this->schema(), replica, nurse));
}

TYPED_TEST_P(LedgerContract, AReaderKeepsSeeingWhatStoodWhenItWasTaken) {
  commit(this->ledger(), {{this->named(1, "Ann")}});
  auto early = this->reader();
  commit(this->ledger(), {{this->named(1, "Anna")}});
  EXPECT_EQ(early->head().value().cn, 1u);
  EXPECT_EQ(early->row({customer_no, id_of(1)}).value()->stored.record, this->named(1, "Ann"));
  EXPECT_EQ(early->cut({}, this->scopes_, nurse, 10).value().to.cn, 1u);
  EXPECT_EQ(this->reader()->row({customer_no, id_of(1)}).value()->stored.record, this->named(1, "Anna"));
}

TYPED_TEST_P(LedgerContract, ListsChildrenOfTheirParentAlsoAfterTheyMoved) {
  const Record ann = this->named(1, "Ann"), bob = this->named(2, "Bob");
  Record note = make(this->schema(), note_no, 3, "acme/leeds");
  note.fields[0] = ann.key.id;
  commit(this->ledger(), {{ann, bob, note}});
  EXPECT_EQ(this->begin()->children(ann.key).value(), std::vector{note});
  note.fields[0] = bob.key.id;
  commit(this->ledger(), {{note}});
  EXPECT_TRUE(this->begin()->children(ann.key).value().empty());
  EXPECT_EQ(this->begin()->children(bob.key).value(), std::vector{note});
  note.deleted = true;
  commit(this->ledger(), {{note}});
  EXPECT_TRUE(this->begin()->children(bob.key).value().empty());
}

TYPED_TEST_P(LedgerContract, ListsRowsOfSeveralScopesInIdOrderPageByPage) {
  std::vector<Record> records;
  for (std::uint64_t n = 1; n <= 30; ++n) {
    records.push_back(this->named(n, "x", n % 3 == 0 ? "acme/york" : n % 3 == 1 ? "acme/leeds" : "acme/hull"));
  }
  commit(this->ledger(), {records});
  const std::vector<std::string> two{"acme/leeds", "acme/york"};
  std::vector<Id> paged;
  for (Id after;;) {
    const auto page = this->reader()->rows(customer_no, two, after, 7).value();
    for (const auto& at : page) paged.push_back(at.stored.record.key.id);
    if (page.size() < 7) break;
    after = paged.back();
  }
  EXPECT_EQ(paged.size(), 20u);
  EXPECT_TRUE(std::is_sorted(paged.begin(), paged.end()));
}

TYPED_TEST_P(LedgerContract, ALeafHoldsTheLiveRowsItsDigestIsMadeOf) {
  std::vector<Record> records;
  for (std::uint64_t n = 1; n <= 600; ++n) records.push_back(this->named(n, "x" + std::to_string(n)));
  const std::uint8_t leaf = id_of(7).bytes.back();
  commit(this->ledger(), {records});
  auto reader = this->reader();
  const sync::DigestKey key{"acme/leeds", customer_no, 0};
  const auto rows = reader->leaf(key, leaf, desk).value();
  sync::Sum sum;
  for (const auto& change : rows.rows) {
    sum += sync::row_digest(*this->schema().collection(customer_no), change.record, 0);
  }
  EXPECT_FALSE(rows.rows.empty());
  EXPECT_EQ(rows.last_cn, 1u);
  EXPECT_EQ(reader->digests(this->scopes_, desk).value().at(key)[leaf], sum);
}

TYPED_TEST_P(LedgerContract, ALeafKnowsWhenARowWentFromIt) {
  commit(this->ledger(), {{this->named(1, "Ann"), this->named(2, "Bob")}});
  Record moved = this->named(1, "Ann", "acme/york"), gone = this->named(2, "Bob");
  gone.deleted = true;
  commit(this->ledger(), {{moved}});
  commit(this->ledger(), {{gone}});
  auto reader = this->reader();
  const sync::DigestKey key{"acme/leeds", customer_no, 0};
  EXPECT_EQ(reader->leaf(key, id_of(1).bytes.back(), desk).value().last_cn, 2u);
  EXPECT_EQ(reader->leaf(key, id_of(2).bytes.back(), desk).value().last_cn, 3u);
}

REGISTER_TYPED_TEST_SUITE_P(LedgerContract, ANewLedgerStandsBeforeEverything,
                            KeepsRecordsResultsAndProgressTogetherAcrossARestart, LeavesNothingBehindWithoutCommit,
                            ACommitThatFailsHalfwayLeavesNothingBehind, AReaderKeepsSeeingWhatStoodWhenItWasTaken,
                            ListsChildrenOfTheirParentAlsoAfterTheyMoved, ListsRowsOfSeveralScopesInIdOrderPageByPage,
                            ALeafHoldsTheLiveRowsItsDigestIsMadeOf, ALeafKnowsWhenARowWentFromIt);

}  // namespace holdline::hub::testing
