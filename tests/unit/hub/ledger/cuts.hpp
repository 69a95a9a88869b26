// The contract of cuts: what a device is told, and what a cursor is good for.
#pragma once

#include "tests/unit/hub/ledger/contract.hpp"

namespace holdline::hub::testing {

template <class Store>
class LedgerCuts : public LedgerContract<Store> {};

TYPED_TEST_SUITE_P(LedgerCuts);

TYPED_TEST_P(LedgerCuts, ACutTellsANewRecordWholeAndAChangedOneByItsFields) {
  const auto first = commit(this->ledger(), {{this->named(1, "Ann")}});
  Record next = this->named(1, "Ann");
  next.fields[health_field] = "asthma";
  commit(this->ledger(), {{next}, {this->named(2, "Bob")}});
  const auto cut = this->cut(first);
  ASSERT_EQ(cut.changes.size(), 2u);
  EXPECT_EQ(cut.changes[0].mask, sync::FieldMask{1} << health_field);
  EXPECT_TRUE(sync::is_null(cut.changes[0].record.fields[name_field]));
  EXPECT_EQ(cut.changes[1].mask, sync::FieldMask{1} << name_field);
  EXPECT_EQ(cut.changes[1].cn, 3u);
}

TYPED_TEST_P(LedgerCuts, ACutFoldsSeveralChangesOfARecordIntoOne) {
  Record next = this->named(1, "Anna");
  next.fields[health_field] = "asthma";
  const auto first = commit(this->ledger(), {{this->named(1, "Ann")}});
  commit(this->ledger(), {{this->named(1, "Anna")}, {next}});
  const auto cut = this->cut(first);
  ASSERT_EQ(cut.changes.size(), 1u);
  EXPECT_EQ(cut.changes[0].mask, 0b11u);
  EXPECT_EQ(cut.changes[0].cn, 3u);
}

TYPED_TEST_P(LedgerCuts, ACutEndsBetweenChangeNumbersNeverInside) {
  commit(this->ledger(), {{this->named(1, "a"), this->named(2, "b"), this->named(3, "c")}, {this->named(4, "d")}});
  const auto first = this->cut({}, 1);
  EXPECT_EQ(first.changes.size(), 3u);
  EXPECT_EQ(first.to, (Cursor{1, 1002}));  // the salt is that of the transaction, which ended at 2
  EXPECT_TRUE(first.digests.empty());
  const auto second = this->cut(first.to, 1);
  EXPECT_EQ(second.changes.size(), 1u);
  EXPECT_EQ(second.to, (Cursor{2, 1002}));
  EXPECT_FALSE(second.digests.empty());
}

TYPED_TEST_P(LedgerCuts, ACutOfOtherScopesStillReachesTheHead) {
  commit(this->ledger(), {{this->named(1, "Ann", "acme/york")}});
  const auto cut = this->cut({});
  EXPECT_TRUE(cut.changes.empty());
  EXPECT_EQ(cut.to.cn, 1u);
}

TYPED_TEST_P(LedgerCuts, ACutTellsAProfileOnlyWhatItMayHold) {
  Record ann = this->named(1, "Ann");
  ann.fields[health_field] = "asthma";
  ann.fields[card_field] = "member-98765";
  ann.fields[secret_field] = "hidden";
  Record alarm = make(this->schema(), alarm_no, 9, "acme/leeds");
  alarm.fields[0] = std::int64_t{3};
  const auto first = commit(this->ledger(), {{ann}, {alarm}});
  const auto told = this->cut({}, 100, desk);
  ASSERT_EQ(told.changes.size(), 1u);  // desk sees no field of an alarm
  EXPECT_EQ(told.changes[0].mask, 0b101u);
  EXPECT_EQ(told.changes[0].record.fields[card_field], sync::Value(std::string("•••8765")));
  for (const auto& digest : told.digests) EXPECT_EQ(digest.key.group, 0);

  ann.fields[health_field] = "better";
  ann.fields[secret_field] = "other";
  commit(this->ledger(), {{ann}});
  const auto unseen = this->cut(first, 100, desk);
  EXPECT_TRUE(unseen.changes.empty());
  EXPECT_EQ(unseen.to.cn, 3u);
}

TYPED_TEST_P(LedgerCuts, ARecordThatMovesLeavesTheOldScopeAndIsToldWholeInTheNew) {
  Record ann = this->named(1, "Ann");
  ann.fields[health_field] = "asthma";
  const auto first = commit(this->ledger(), {{ann}});
  ann.scope = "acme/york";
  commit(this->ledger(), {{ann}});
  const auto left = this->cut(first);
  ASSERT_EQ(left.changes.size(), 1u);
  EXPECT_TRUE(left.changes[0].leave);
  EXPECT_EQ(left.changes[0].record.scope, "acme/leeds");
  EXPECT_TRUE(left.changes[0].record.fields.empty());
  EXPECT_TRUE(left.digests.empty());
  const auto arrived = this->reader()->cut(first, std::vector<std::string>{"acme/york"}, nurse, 10).value();
  ASSERT_EQ(arrived.changes.size(), 1u);
  EXPECT_EQ(arrived.changes[0].mask, 0b11u);
  const auto both = this->reader()->cut(first, std::vector<std::string>{"acme/leeds", "acme/york"}, nurse, 10).value();
  ASSERT_EQ(both.changes.size(), 1u);  // a device with both scopes is told where it is now
  EXPECT_FALSE(both.changes[0].leave);
  EXPECT_EQ(both.changes[0].record.scope, "acme/york");
}

TYPED_TEST_P(LedgerCuts, ARecordCreatedAndGoneInsideOneCutIsNotTold) {
  Record ann = this->named(1, "Ann");
  Record gone = ann;
  gone.deleted = true;
  commit(this->ledger(), {{ann, this->named(2, "Bob")}, {gone}});
  EXPECT_EQ(this->cut({}).changes.size(), 1u);
}

TYPED_TEST_P(LedgerCuts, ADeletedRecordIsToldAndNoLongerListedOrDigested) {
  const auto first = commit(this->ledger(), {{this->named(1, "Ann")}});
  Record gone = this->named(1, "Ann");
  gone.deleted = true;
  commit(this->ledger(), {{gone}});
  const auto cut = this->cut(first);
  ASSERT_EQ(cut.changes.size(), 1u);
  EXPECT_TRUE(cut.changes[0].record.deleted);
  EXPECT_TRUE(cut.digests.empty());
  EXPECT_TRUE(this->reader()->rows(customer_no, this->scopes_, Id{}, 10).value().empty());
  EXPECT_TRUE(this->reader()->row({customer_no, id_of(1)}).value()->stored.record.deleted);
}

TYPED_TEST_P(LedgerCuts, WhatIsNotFedChangesOnlyTheMeta) {
  const auto first = commit(this->ledger(), {{this->named(1, "Ann")}});
  const Record ann = this->named(1, "Ann");
  ChangeSet changes;
  changes.records.push_back(write_of(&ann, ann, 1));
  changes.records[0].fed = false;
  changes.records[0].next.meta.last_device = id_of(77);
  changes.last_cn = 1;
  changes.salt = 4;
  ASSERT_TRUE(this->begin()->commit(changes));
  EXPECT_EQ(this->begin()->head(), first);  // a transaction that fed nothing keeps the salt that cursors carry
  EXPECT_TRUE(this->cut(first).changes.empty());
  EXPECT_EQ(this->reader()->row(ann.key).value()->stored.meta.last_device, id_of(77));
}

TYPED_TEST_P(LedgerCuts, RefusesACursorOfAnotherHistory) {
  const auto head = commit(this->ledger(), {{this->named(1, "Ann")}, {this->named(2, "Bob")}});
  const auto code = [&](const Cursor& from) { return code_of(this->reader()->cut(from, this->scopes_, nurse, 10)); };
  EXPECT_EQ(code(head), "ok");
  EXPECT_EQ(code({1, head.salt}), "ok");
  EXPECT_EQ(code({}), "ok");
  EXPECT_EQ(code({head.cn, head.salt + 1}), "unknown-cursor");
  EXPECT_EQ(code({1, head.salt + 1}), "unknown-cursor");
  EXPECT_EQ(code({head.cn + 1, head.salt}), "unknown-cursor");
  EXPECT_EQ(code({0, 1}), "unknown-cursor");
}

TYPED_TEST_P(LedgerCuts, ARestoredOlderCopyIsFoundOutByNewerCursors) {
  commit(this->ledger(), {{this->named(1, "Ann")}});
  this->store_.copy_aside();
  const auto newer = commit(this->ledger(), {{this->named(2, "Bob")}});
  this->store_.put_back();
  EXPECT_EQ(code_of(this->reader()->cut(newer, this->scopes_, nurse, 10)), "unknown-cursor");
  // Also once the restored ledger has grown past that cn, because every transaction draws its own salt.
  commit(this->ledger(), {{this->named(3, "Cid")}, {this->named(4, "Dan")}}, 7000);
  EXPECT_EQ(code_of(this->reader()->cut(newer, this->scopes_, nurse, 10)), "unknown-cursor");
}

REGISTER_TYPED_TEST_SUITE_P(LedgerCuts, ACutTellsANewRecordWholeAndAChangedOneByItsFields,
                            ACutFoldsSeveralChangesOfARecordIntoOne, ACutEndsBetweenChangeNumbersNeverInside,
                            ACutOfOtherScopesStillReachesTheHead, ACutTellsAProfileOnlyWhatItMayHold,
                            ARecordThatMovesLeavesTheOldScopeAndIsToldWholeInTheNew,
                            ARecordCreatedAndGoneInsideOneCutIsNotTold, ADeletedRecordIsToldAndNoLongerListedOrDigested,
                            WhatIsNotFedChangesOnlyTheMeta, RefusesACursorOfAnotherHistory,
                            ARestoredOlderCopyIsFoundOutByNewerCursors);

}  // namespace holdline::hub::testing
