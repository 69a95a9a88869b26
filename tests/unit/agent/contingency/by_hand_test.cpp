#include "agent/contingency/by_hand.hpp"

#include <gtest/gtest.h>

#include "contingency/manual/checks.hpp"
#include "sync/action/record_fields.hpp"
#include "tests/unit/agent/outbox/fixture.hpp"
#include "tests/unit/agent/replica/fixture.hpp"

namespace holdline::agent {
namespace {

constexpr std::int64_t at_work_ms = 1'750'000'000'000;

const sync::Collection& entries() { return *test_schema().collection("manual_entry"); }

sync::Op taken(std::int64_t amount, bool paper = false, bool drill = false) {
  sync::Op op{sync::OpKind::create, {entries().no, {}}, "acme/london", 0, {}, {}};
  const auto set = [&](std::string_view name, sync::Value value) {
    op.changes.push_back({*entries().field(name), sync::Value(sync::Null{}), std::move(value), {}, {}});
  };
  if (amount != 0) set("amount", amount);
  if (paper) set("paper", true);
  if (drill) set("drill", true);
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  return op;
}

class ByHandTest : public testing::Test {
 protected:
  void saved(sync::Op op, std::int64_t hours_ago, std::uint8_t person = 4) {
    sync::Action action;
    action.header.person.bytes[0] = person;
    action.header.event_ms = at_work_ms - hours_ago * 3'600'000;
    action.header.incident = sync::Id{};
    action.ops = {std::move(op)};
    before.push_back({{}, std::make_shared<const sync::Action>(std::move(action))});
  }
  std::vector<std::string> codes(sync::Op op) {
    std::vector<sync::Finding> findings;
    std::vector<sync::Op> ops{std::move(op)};
    apply_limits(test_schema(), now, before, ops, findings);
    last = ops.front();
    std::vector<std::string> all;
    for (const sync::Finding& finding : findings) {
      EXPECT_EQ(finding.weight, sync::Weight::told) << "a limit refuses no entry";
      all.push_back(finding.code);
    }
    return all;
  }
  std::vector<std::string> added(std::string_view field) const {
    const auto at = std::ranges::find(last.changes, *entries().field(field), &sync::FieldChange::field);
    return at == last.changes.end() ? std::vector<std::string>() : at->adds;
  }
  using Codes = std::vector<std::string>;

  ByHandTest() {
    now.person.bytes[0] = 4;
    now.holds = true;
    now.now_ms = at_work_ms;
    now.limits.entries = 3;
  }
  ByHand now;
  std::vector<RecentActions::Item> before;
  sync::Op last;
};

TEST_F(ByHandTest, WhatIsBeyondALimitIsSavedAndSaysWhoHasToLookAtItAndWhy) {
  EXPECT_EQ(codes(taken(4'000)), Codes{});
  EXPECT_EQ(added("needs"), Codes{});
  EXPECT_EQ(codes(taken(6'000)), Codes{"item-over"});
  EXPECT_EQ(added("needs"), Codes{"approval"});
  EXPECT_EQ(contingency::entry_needs(added("needs"), added("follow_ups")).limits, Codes{"item-over"});
  now.holds = false;
  EXPECT_EQ(codes(taken(6'000)), Codes{}) << "no outage";
}

TEST_F(ByHandTest, CountsWhatOnePersonTookInOneShift) {
  for (int n = 0; n < 3; ++n) saved(taken(0), n);
  EXPECT_EQ(codes(taken(0)), Codes{"entries-over"});
  EXPECT_EQ(codes(taken(0, false, true)), Codes{}) << "practice counts by itself";
  now.person.bytes[0] = 5;
  EXPECT_EQ(codes(taken(0)), Codes{}) << "another person";
  now.person.bytes[0] = 4;
  now.now_ms += 13 * 3'600'000;
  EXPECT_EQ(codes(taken(0)), Codes{}) << "another shift";
}

TEST_F(ByHandTest, AnAmountThatIsCorrectedIsJudgedAsANewOne) {
  const auto correction = [&](std::int64_t amount) {
    sync::Op op = taken(amount);
    op.kind = sync::OpKind::edit;
    op.record.id.bytes[0] = 9;
    return op;
  };
  sync::Record entry;
  entry.key = correction(0).record;
  entry.fields.resize(entries().fields.size());
  now.edited = &entry;
  sync::Op first = taken(4'000);
  first.record = entry.key;
  saved(first, 0);
  EXPECT_EQ(codes(correction(4'500)), Codes{});
  EXPECT_EQ(codes(correction(6'000)), Codes{"item-over"});
  EXPECT_EQ(added("needs"), Codes{"approval"});
  now.holds = false;
  EXPECT_EQ(codes(correction(6'000)), Codes{}) << "of no outage";
  entry.fields[*entries().field("incident")] = std::string("K7M4XR");
  EXPECT_EQ(codes(correction(6'000)), Codes{"item-over"}) << "of an outage that is over";
  // What it was corrected to counts for the shift, and not what it was.
  saved(correction(48'000), 0);
  std::ranges::reverse(before);  // newest first
  now.holds = true;
  now.limits.entries = 300;
  EXPECT_EQ(codes(taken(4'000)), Codes{"shift-over"});
}

TEST_F(ByHandTest, WhatComesOfPaperIsJudgedByItsAmountAtAnyTime) {
  for (int n = 0; n < 3; ++n) saved(taken(0), 0);
  now.holds = false;
  now.without_contact_ms = 100 * 3'600'000;
  EXPECT_EQ(codes(taken(100, true)), Codes{});
  EXPECT_EQ(codes(taken(6'000, true)), Codes{"item-over"});
}

}  // namespace
}  // namespace holdline::agent
