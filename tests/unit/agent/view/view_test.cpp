#include "agent/view/view.hpp"

#include <gtest/gtest.h>

#include "tests/unit/agent/view/overlay_fixture.hpp"

namespace holdline::agent {
namespace {

class ViewTest : public ::testing::Test {
 protected:
  ViewTest() {
    station_.bootstrap(Snapshot(10, {customer_of(1, "Anna", "Schmidt", "KD-1"), phone_of(100, 1, "+4930111999"),
                                     customer_of(2, "Ben", "Krug")}));
    view_ = std::make_unique<View>(station_.reader(), [this] { return overlay_.snapshot(); });
  }
  void add(std::uint64_t number, std::vector<sync::Op> ops) {
    overlay_.add(test_maker, pending_of(number, std::move(ops)));
  }
  Shown shown(sync::RecordKey key) { return must(view_->find(key)).shown.value(); }
  std::string family(std::uint32_t customer) { return text_in(shown(key_in("customer", customer)).record, "family"); }
  std::vector<std::string> found(std::string_view typed, std::size_t limit = 50) {
    std::vector<std::string> families;
    for (const Hit& hit : must(view_->search(typed, limit)).hits)
      families.push_back(text_in(hit.root.record, "family"));
    return families;
  }
  using Names = std::vector<std::string>;

  ReplicaStation station_;
  Overlay overlay_{test_schema()};
  std::unique_ptr<View> view_;
};

TEST_F(ViewTest, ShowsTheLedgersRowUnmarkedWhenNothingIsPending) {
  const auto one = must(view_->find(key_in("customer", 1)));
  EXPECT_EQ(one.shown->record, customer_of(1, "Anna", "Schmidt", "KD-1"));
  EXPECT_EQ(one.shown->cn, 10u);
  EXPECT_TRUE(one.shown->pending.empty());
  EXPECT_EQ(one.shown->own, 0u);
  EXPECT_EQ(one.as_of.cursor.cn, 10u);
  EXPECT_EQ(one.as_of.hub_wall_ms, 500);
  EXPECT_FALSE(must(view_->find(key_in("customer", 77))).shown);
}

TEST_F(ViewTest, MarksWhichFieldsAreThePersonsOwn) {
  add(1, {edit_of("customer", 1, {{"family", text("Mine")}})});
  add(2, {edit_of("customer", 1, {{"given", text("Anni")}})});
  const auto one = shown(key_in("customer", 1));
  EXPECT_EQ(one.record, customer_of(1, "Anni", "Mine", "KD-1"));
  EXPECT_EQ(one.pending, (std::vector<sync::ActionRef>{{3, 1}, {3, 2}}));
  const auto& customers = collection_of("customer");
  EXPECT_EQ(one.own,
            sync::FieldMask{1} << *customers.field("family") | sync::FieldMask{1} << *customers.field("given"));
  EXPECT_EQ(one.cn, 10u);
}

TEST_F(ViewTest, ListsPendingRecordsAmongTheOthersAndLeavesDeletedOnesOut) {
  add(1, {create_of("customer", 3, {{"family", text("New")}})});
  add(2, {op_of(sync::OpKind::erase_row, "customer", 2, {})});
  const auto& customers = collection_of("customer");
  const auto all = must(view_->list(customers, {}, 10)).shown;
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].record.key.id, id_of(3));
  EXPECT_EQ(all[0].cn, 0u);
  EXPECT_EQ(all[1].record.key.id, id_of(1));
  const auto first = must(view_->list(customers, {}, 1)).shown;
  ASSERT_EQ(first.size(), 1u);
  const auto second = must(view_->list(customers, first[0].record.key.id, 1)).shown;
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].record.key.id, id_of(1));
  EXPECT_TRUE(must(view_->find(key_in("customer", 2))).shown->record.deleted);
}

TEST_F(ViewTest, ListsWhatIsNotAtTheHubYetFirstInTheOrderOfSavingWhateverTheClockSaid) {
  add(1, {create_of("customer", 9, {{"family", text("Saved first, clock of 2038")}})});
  add(2, {create_of("customer", 3, {{"family", text("Saved last, clock of 1970")}})});
  const auto& customers = collection_of("customer");
  std::vector<sync::Id> order;
  for (sync::Id last;;) {
    const auto page = must(view_->list(customers, last, 1)).shown;
    if (page.empty()) break;
    order.push_back(last = page[0].record.key.id);
  }
  EXPECT_EQ(order, (std::vector{id_of(3), id_of(9), id_of(2), id_of(1)}));
}

TEST_F(ViewTest, TellsPendingChildrenAndNotDeletedOnes) {
  add(1, {create_of("phone", 101, {{"customer", id_of(1)}, {"e164", text("+49305")}}),
          create_of("phone", 102, {{"customer", id_of(2)}, {"e164", text("+49306")}})});
  const auto& phones = collection_of("phone");
  const auto children = must(view_->children(phones, id_of(1))).shown;
  ASSERT_EQ(children.size(), 2u);
  EXPECT_EQ(children[1].record.key.id, id_of(101));
  add(2, {op_of(sync::OpKind::erase_row, "phone", 100, {})});
  EXPECT_EQ(must(view_->children(phones, id_of(1))).shown.size(), 1u);
}

TEST_F(ViewTest, FindsPendingRecordsByNameNumberAndReference) {
  add(1, {create_of("customer", 3, {{"given", text("Zoë")}, {"family", text("New")}, {"ref", text("PX-77")}}),
          create_of("phone", 103, {{"customer", id_of(3)}, {"e164", text("+4930222888")}})});
  EXPECT_EQ(found("zoe ne"), Names{"New"});
  EXPECT_EQ(found("z"), Names{"New"});
  EXPECT_EQ(found("px7"), Names{"New"});
  EXPECT_EQ(found("030 222 888"), Names{"New"});
  EXPECT_EQ(found("zoe schmidt"), Names{});
}

TEST_F(ViewTest, FindsANumberAddedToALedgersCustomer) {
  add(1, {create_of("phone", 103, {{"customer", id_of(1)}, {"e164", text("+4930222888")}})});
  const auto hits = must(view_->search("222888", 10)).hits;
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].root.record.key, key_in("customer", 1));
  EXPECT_EQ(hits[0].matched, key_in("phone", 103));
  EXPECT_EQ(hits[0].why, (Match{sync::SearchKind::phone, *collection_of("phone").field("e164"), "+4930222888"}));
}

TEST_F(ViewTest, FindsWhatIsOnTheScreenNotWhatTheLedgerSays) {
  add(1, {edit_of("customer", 1, {{"family", text("Meier")}})});
  EXPECT_EQ(found("schmidt"), Names{});
  EXPECT_EQ(found("anna meier"), Names{"Meier"}) << "half from the ledger, half pending";
  add(2, {op_of(sync::OpKind::erase_row, "phone", 100, {})});
  EXPECT_EQ(found("111999"), Names{});
  add(3, {op_of(sync::OpKind::erase_row, "customer", 2, {})});
  EXPECT_EQ(found("krug"), Names{});
}

TEST_F(ViewTest, FindsANameByWhereItLives) {
  add(1, {create_of("customer", 3,
                    {{"family", text("Novak")}, {"street", text("Rose Lane 12")}, {"postcode", text("SW1Y 4JH")}})});
  EXPECT_EQ(found("novak 12"), Names{"Novak"});
  EXPECT_EQ(found("sw1y4 novak"), Names{"Novak"});
  EXPECT_EQ(found("SW1Y 4JH"), Names{"Novak"});
  EXPECT_EQ(found("novak 13"), Names{});
  EXPECT_EQ(found("12"), Names{});
  EXPECT_EQ(must(view_->search("sw1y 4jh", 10)).hits.at(0).why.kind, sync::SearchKind::place);
  EXPECT_EQ(must(view_->search("novak 12", 10)).hits.at(0).why.kind, sync::SearchKind::name);
}

// Schmidt is in the replica, with Anna as given name.
TEST_F(ViewTest, FindsANameWithALetterMistypedAfterTheExactOnes) {
  for (const char* typed : {"schmitd", "schmid", "schmidtt", "schnidt anna", "nana schmidt"}) {
    const auto hits = must(view_->search(typed, 10)).hits;
    ASSERT_GE(hits.size(), 1u) << typed;
    EXPECT_EQ(hits[0].root.record.key, key_in("customer", 1)) << typed;
  }
  EXPECT_FALSE(must(view_->search("schmidt", 10)).hits.at(0).why.near);
  EXPECT_TRUE(must(view_->search("schmitd", 10)).hits.at(0).why.near);
  EXPECT_EQ(found("schnitd"), Names{}) << "two mistakes";
  EXPECT_EQ(found("nana schmitd"), Names{"Schmidt"}) << "one in each of two words";
}

TEST_F(ViewTest, FindsANameBesideATownOrTheEndOfANumber) {
  add(1, {create_of("customer", 3, {{"given", text("Jan")}, {"family", text("Novak")}, {"city", text("New York")}}),
          create_of("phone", 103, {{"customer", id_of(3)}, {"e164", text("+4930222888")}})});
  for (const char* typed : {"novak york", "novak new york", "jan novak yor", "york novak", "novak 2888", "no 222 888"})
    EXPECT_EQ(found(typed), Names{"Novak"}) << typed;
  for (const char* typed : {"novak london", "krug 2888", "novak 888", "novak 2889"})
    EXPECT_EQ(found(typed), Names{}) << typed;
}

TEST_F(ViewTest, SaysWhyARecordMatchedAndWhetherThereIsMore) {
  const auto name = must(view_->search("anna", 10)).hits.at(0);
  EXPECT_EQ(name.why.kind, sync::SearchKind::name);
  EXPECT_EQ(name.why.text, "Anna");
  const auto reference = must(view_->search("kd-1", 10)).hits.at(0);
  EXPECT_EQ(reference.why.kind, sync::SearchKind::reference);
  add(1, {create_of("customer", 3, {{"family", text("Krause")}}), create_of("customer", 4, {{"family", text("Kr")}})});
  const auto some = must(view_->search("kr", 2));
  EXPECT_EQ(some.hits.size(), 2u);
  EXPECT_TRUE(some.more);
  EXPECT_FALSE(must(view_->search("kr", 3)).more);
}

TEST_F(ViewTest, FindsOthersWhenPendingEditsTakeTheFirstCandidatesAway) {
  station_.bootstrap(Snapshot(20, {customer_of(1, "Eva", "Adler"), customer_of(2, "Eva", "Busch"),
                                   customer_of(3, "Eva", "Conrad"), customer_of(4, "Eva", "Doll")}));
  must(view_->reopen());
  for (std::uint32_t i = 1; i <= 3; ++i) add(i, {edit_of("customer", i, {{"given", text("Ute")}})});
  EXPECT_EQ(found("eva", 1), Names{"Doll"});
}

TEST_F(ViewTest, NeverTellsMoreThanFiftyHits) {
  for (std::uint32_t i = 0; i < 60; ++i) add(i + 1, {create_of("customer", 1000 + i, {{"family", text("Same")}})});
  EXPECT_EQ(found("same", 1000).size(), 50u);
}

// Between any two steps of the writer, a screen that is drawn shows the new value: never the old one again.
TEST_F(ViewTest, NeverFallsBackWhileAnActionReturns) {
  add(1, {edit_of("customer", 1, {{"family", text("Mine")}})});
  EXPECT_EQ(family(1), "Mine");
  overlay_.settle(result_of(1, sync::Verdict::applied, 11));
  EXPECT_EQ(family(1), "Mine");
  must(station_.replica->apply(cut_of(10, 11, {told_fields(11, "customer", 1, {{"family", text("Mine")}})}), 900));
  EXPECT_EQ(family(1), "Mine");
  EXPECT_TRUE(shown(key_in("customer", 1)).pending.empty());
  overlay_.reached(11);
  EXPECT_EQ(family(1), "Mine");
}

// The same with the writer running inside the view's call: right before it gets its snapshot, and right after. A view
// that read rows first would show "Schmidt" in the first case.
TEST_F(ViewTest, TakesTheSnapshotBeforeItReadsRows) {
  for (const bool before : {true, false}) {
    ReplicaStation station;
    station.bootstrap(Snapshot(10, {customer_of(1, "Anna", "Schmidt")}));
    Overlay overlay(test_schema());
    overlay.add(test_maker, pending_of(1, {edit_of("customer", 1, {{"family", text("Mine")}})}));
    const auto write = [&] {
      overlay.settle(result_of(1, sync::Verdict::applied, 11));
      must(station.replica->apply(cut_of(10, 11, {told_fields(11, "customer", 1, {{"family", text("Mine")}})}), 900));
      overlay.reached(11);
    };
    View view(station.reader(), [&] {
      if (before) write();
      auto snapshot = overlay.snapshot();
      if (!before) write();
      return snapshot;
    });
    const auto one = must(view.find(key_in("customer", 1)));
    EXPECT_EQ(text_in(one.shown->record, "family"), "Mine") << before;
  }
}

TEST_F(ViewTest, ShowsTheNewFileAfterASwap) {
  station_.bootstrap(Snapshot(20, {customer_of(1, "Anna", "Rebuilt")}));
  EXPECT_EQ(family(1), "Schmidt");
  must(view_->reopen());
  EXPECT_EQ(family(1), "Rebuilt");
}

}  // namespace
}  // namespace holdline::agent
