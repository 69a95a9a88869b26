#include <gtest/gtest.h>

#include <algorithm>

#include "agent/replica/replica.hpp"
#include "agent/replica/search.hpp"
#include "tests/unit/agent/replica/fixture.hpp"

namespace holdline::agent {
namespace {

// A reader over a replica that was filled by a cut, so that the live indexes are what is searched.
class ReplicaReaderTest : public ::testing::Test {
 protected:
  void fill(std::vector<sync::Record> records) {
    station_.bootstrap();
    std::vector<sync::Change> changes;
    for (const sync::Record& record : records) changes.push_back(told(11, record));
    must(station_.replica->apply(cut_of(10, 11, changes), 900));
    reader_ = station_.reader();
  }
  // Families of the roots found, sorted.
  std::vector<std::string> found(std::string_view typed, std::size_t limit = 50) {
    std::vector<std::string> families;
    auto seen = must(reader_->search(parse_query(reader_->normalizer(), typed), limit));
    for (const auto& row : seen.rows)
      families.push_back(text_in((row.root ? *row.root : row.matched).record, "family"));
    std::sort(families.begin(), families.end());
    return families;
  }
  using Names = std::vector<std::string>;

  ReplicaStation station_;
  std::unique_ptr<ReplicaReader> reader_;
};

TEST_F(ReplicaReaderTest, FindsNamesByTheBeginningOfAnyWordWithoutAccents) {
  fill({customer_of(1, "Łukasz", "Nowak"), customer_of(2, "Anna", "Straße"),
        customer_of(3, "Anna-Lena", "Meier-Schmidt"), customer_of(4, "Conan", "O'Brien")});
  EXPECT_EQ(found("lukasz"), Names{"Nowak"});
  EXPECT_EQ(found("ŁUKA"), Names{"Nowak"});
  EXPECT_EQ(found("strasse"), Names{"Straße"});
  EXPECT_EQ(found("schmidt"), Names{"Meier-Schmidt"});
  EXPECT_EQ(found("Meier-Schmidt"), Names{"Meier-Schmidt"});
  EXPECT_EQ(found("lena meier"), Names{"Meier-Schmidt"});
  EXPECT_EQ(found("obrien"), Names{"O'Brien"});
  EXPECT_EQ(found("O’Brien"), Names{"O'Brien"});
  EXPECT_EQ(found("brien"), Names{"O'Brien"});
  EXPECT_EQ(found("anna"), (Names{"Meier-Schmidt", "Straße"}));
  EXPECT_EQ(found("anna nowak"), Names{});
  EXPECT_EQ(found("chmidt"), Names{});
}

TEST_F(ReplicaReaderTest, FindsBySingleLettersAndLongWords) {
  fill({customer_of(1, "Anna", "Maximiliana"), customer_of(2, "Ben", "Maximilian"), customer_of(3, "Anna", "Zuse")});
  EXPECT_EQ(found("z"), Names{"Zuse"});
  EXPECT_EQ(found("a m"), Names{"Maximiliana"});
  EXPECT_EQ(found("maximiliana"), Names{"Maximiliana"});
  EXPECT_EQ(found("maximilian"), (Names{"Maximilian", "Maximiliana"}));
}

TEST_F(ReplicaReaderTest, SurvivesWhatLooksLikeAQuery) {
  fill({customer_of(1, "Anna", "Near")});
  for (const char* typed :
       {"\"anna", "anna*", "anna AND", "anna OR ben NEAR(", "words:anna", "-anna ^", "'; DROP TABLE"})
    EXPECT_NO_THROW(found(typed)) << typed;
  EXPECT_EQ(found("near anna*"), Names{"Near"});
}

TEST_F(ReplicaReaderTest, FindsTheCustomerByItsNumberInEverySpelling) {
  fill({customer_of(1, "Anna", "Schmidt"), phone_of(100, 1, "+49301234567"), customer_of(2, "Ben", "Krug"),
        phone_of(101, 2, "+49301234568")});
  for (const char* typed : {"+49 (0)30 1234567", "030 1234567", "0049 30 123 45 67", "1234567", "4567"})
    EXPECT_EQ(found(typed), Names{"Schmidt"}) << typed;
  EXPECT_EQ(found("+49 40 1234567"), Names{});
  EXPECT_EQ(found("567"), Names{});
}

TEST_F(ReplicaReaderTest, FindsByTheBeginningOfAReference) {
  fill({customer_of(1, "Anna", "Schmidt", "KD-20481"), customer_of(2, "Ben", "Krug", "KD-20990")});
  EXPECT_EQ(found("kd 204"), Names{"Schmidt"});
  EXPECT_EQ(found("KD-20"), (Names{"Krug", "Schmidt"}));
  EXPECT_EQ(found("20481"), Names{});
}

TEST_F(ReplicaReaderTest, TellsARootOnceAndNoMoreThanAskedFor) {
  fill({customer_of(1, "Anna", "Schmidt"), phone_of(100, 1, "+4930111999"), phone_of(101, 1, "+4940111999"),
        customer_of(2, "Ben", "Krug"), phone_of(102, 2, "+4950111999")});
  EXPECT_EQ(found("111999"), (Names{"Krug", "Schmidt"}));
  EXPECT_EQ(found("111999", 1).size(), 1u);
}

TEST_F(ReplicaReaderTest, KeepsToTheCollectionAskedFor) {
  fill({customer_of(1, "Anna", "Schmidt"),
        record_of("callback_request", 5, {{"name", text("Anna")}, {"phone", text("+493099")}})});
  auto query = parse_query(reader_->normalizer(), "anna");
  const auto no = collection_of("callback_request").no;
  EXPECT_EQ(must(reader_->search(query, 9)).rows.size(), 2u);
  const auto only = must(reader_->search(query, 9, no)).rows;
  ASSERT_EQ(only.size(), 1u);
  EXPECT_EQ(only[0].matched.record.key.collection, no);
}

// Entries keep a number as it was typed, so they stand before customers' numbers in the index.
TEST_F(ReplicaReaderTest, FindsTheCollectionAskedForBehindAnyNumberOfOthers) {
  std::vector<sync::Record> records{customer_of(1, "Anna", "Schmidt"), phone_of(100, 1, "+493099")};
  for (std::uint8_t i = 0; i < 50; ++i)
    records.push_back(record_of("callback_request", 100 + i, {{"name", text("Bert")}, {"phone", text("3099")}}));
  fill(records);
  const auto query = parse_query(reader_->normalizer(), "3099");
  EXPECT_EQ(must(reader_->search(query, 2, collection_of("customer").no)).rows.size(), 1u);
}

TEST_F(ReplicaReaderTest, ForgetsOldWordsAndNumbersWhenTheyChange) {
  fill({customer_of(1, "Anna", "Schmidt", "KD-1"), phone_of(100, 1, "+4930111999")});
  must(
      station_.replica->apply(cut_of(11, 12,
                                     {told_fields(12, "customer", 1, {{"family", text("Krug")}, {"ref", text("ZZ-1")}}),
                                      told_fields(12, "phone", 100, {{"e164", text("+4930222888")}})}),
                              1));
  EXPECT_EQ(found("schmidt"), Names{});
  EXPECT_EQ(found("kd1"), Names{});
  EXPECT_EQ(found("111999"), Names{});
  EXPECT_EQ(found("krug"), Names{"Krug"});
  EXPECT_EQ(found("zz1"), Names{"Krug"});
  EXPECT_EQ(found("222888"), Names{"Krug"});
}

TEST_F(ReplicaReaderTest, FindsNamesAndNumbersHoweverTheyAreWritten) {
  fill({customer_of(1, "Jean-Luc", "Müller"), phone_of(100, 1, "+447700900123"), customer_of(2, "Mac", "McDonald")});
  for (const char* typed : {"jeanluc", "jean luc mueller", "müller", "mueller", "muller jean"})
    EXPECT_EQ(found(typed), Names{"Müller"}) << typed;
  EXPECT_EQ(found("mc donald"), Names{"McDonald"});
  for (const char* typed : {"0770 0900", "7700900", "+44 7700 900", "00447700900", "900123"})
    EXPECT_EQ(found(typed), Names{"Müller"}) << typed;
}

TEST_F(ReplicaReaderTest, FindsNothingOfWhatLeft) {
  fill({customer_of(1, "Anna", "Schmidt"), phone_of(100, 1, "+4930111999")});
  must(station_.replica->apply(cut_of(11, 12, {left(12, key_in("phone", 100)), left(12, key_in("customer", 1))}), 1));
  EXPECT_EQ(found("anna"), Names{});
  EXPECT_EQ(found("111999"), Names{});
}

TEST_F(ReplicaReaderTest, ListsNewestFirstAndPagesOn) {
  fill({customer_of(1, "A", "One"), customer_of(2, "B", "Two"), customer_of(3, "C", "Three")});
  const auto& customers = collection_of("customer");
  const auto first = must(reader_->list(customers, {}, 2));
  ASSERT_EQ(first.rows.size(), 2u);
  EXPECT_EQ(first.rows[0].record.key.id, id_of(3));
  const auto rest = must(reader_->list(customers, ListPlace{0, first.rows[1].record.key.id}, 2));
  ASSERT_EQ(rest.rows.size(), 1u);
  EXPECT_EQ(rest.rows[0].record.key.id, id_of(1));
}

TEST_F(ReplicaReaderTest, ListsByTheTimeThatTheHubGaveAndNotByTheClockInTheId) {
  const auto entry = [](std::uint32_t number, std::int64_t ms) {
    return record_of("manual_entry", number, {{"kind", text("note")}, {"recorded_at", ms}});
  };
  fill({entry(1, 30), entry(2, 10), entry(3, 20), entry(4, 20)});
  const auto& entries = collection_of("manual_entry");
  std::vector<sync::Id> order;
  for (std::optional<ListPlace> last;;) {
    const auto page = must(reader_->list(entries, last, 2));
    for (const ReplicaRow& row : page.rows) {
      last = reader_->layout().shape(entries.no)->place_of(row.record);
      order.push_back(row.record.key.id);
    }
    if (page.rows.size() < 2) break;
  }
  EXPECT_EQ(order, (std::vector{id_of(1), id_of(4), id_of(3), id_of(2)}));
}

TEST_F(ReplicaReaderTest, TellsChildrenOfOneParentAndWhereItStands) {
  fill({customer_of(1, "A", "One"), phone_of(100, 1, "+4930111999"), phone_of(101, 2, "+4930222999")});
  const auto seen = must(reader_->children(collection_of("phone"), id_of(1)));
  ASSERT_EQ(seen.rows.size(), 1u);
  EXPECT_EQ(seen.rows[0].record.key.id, id_of(100));
  EXPECT_EQ(seen.cursor.cn, 11u);
  EXPECT_EQ(seen.as_of_ms, 900);
}

}  // namespace
}  // namespace holdline::agent
