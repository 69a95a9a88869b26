// Actions of other versions of the schema than the hub's present one.
#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::hub::testing {
namespace {

std::shared_ptr<const sync::Schema> version_2() {
  std::string text = schema_text();
  text.replace(text.find("version = 1"), 11, "version = 2");
  const std::string last = "secret = { no = 4,";
  text.insert(text.find(last), "nick = { no = 5, type = \"text\", max_length = 40 }\n");
  const std::string name = "name = { no = 1,";
  text.insert(text.find(name) + name.size(), " retired = true,");
  return std::make_shared<const sync::Schema>(sync::Schema::parse(text).value());
}

class SchemaIntakeTest : public IntakeTest {
 protected:
  SchemaIntakeTest() { EXPECT_TRUE(ledger().add_device(station_.device)); }
  void apply(const std::shared_ptr<const sync::Schema>& schema) {
    ASSERT_TRUE(ledger().add_schema(schema, now_ms));
    ASSERT_TRUE(intake_.settle_waiting(now_ms));
  }
  std::size_t held(HeldState state) { return reader()->held_count(state).value(); }

  const std::shared_ptr<const sync::Schema> next_ = version_2();
};

TEST_F(SchemaIntakeTest, WhatWasMadeInAnOlderVersionTakesEffectInThePresentOne) {
  station_.does({creates_customer(1, "Ann")});
  station_.does({edits_customer(1, name_field, std::string("Ann"), "Anna")});
  apply(next_);
  const auto reply = take(station_, station_.push(customer_lane));
  ASSERT_EQ(reply.results.size(), 2u);
  for (const auto& result : reply.results) EXPECT_EQ(result.verdict, sync::Verdict::applied) << result.code;
  EXPECT_EQ(record(customer_no, 1)->fields.size(), 5u);
  EXPECT_EQ(value(1, name_field), sync::Value(std::string("Anna"))) << "what is retired takes what comes, and keeps it";
}

TEST_F(SchemaIntakeTest, WhatIsOfAVersionThatIsNotKnownWaitsAloneUntilItIs) {
  station_.does({creates_customer(1, "Ann")});
  station_.forms(*next_);
  station_.does({creates_customer(2, "Ben")});
  auto push = station_.push(customer_lane);
  push.schemas = {{1, schema().hash()}, {2, next_->hash()}};
  const auto reply = take(station_, push);
  ASSERT_EQ(reply.results.size(), 2u);
  EXPECT_EQ(reply.results[0].verdict, sync::Verdict::applied);
  EXPECT_EQ(reply.results[1].verdict, sync::Verdict::waiting);
  EXPECT_EQ(reply.results[1].code, "unknown-schema");
  EXPECT_EQ(ledger().awaited_schemas().value(), (std::vector<sync::SchemaName>{{2, next_->hash()}}));

  apply(next_);
  EXPECT_EQ(told(station_).back().verdict, sync::Verdict::applied);
  EXPECT_TRUE(record(customer_no, 2));
  EXPECT_EQ(held(HeldState::waiting), 0u);
  EXPECT_TRUE(ledger().awaited_schemas().value().empty());
}

TEST_F(SchemaIntakeTest, ANumberThatMeansAnotherTextAtTheWorkstationIsForAPersonToLookAt) {
  station_.does({creates_customer(1, "Ann")});
  auto push = station_.push(customer_lane);
  push.schemas = {{1, sync::sha256("another text")}};
  const auto result = take(station_, push).results.at(0);
  EXPECT_EQ(result.verdict, sync::Verdict::quarantined);
  EXPECT_EQ(result.code, "other-schema");
}

TEST(LedgerSchema, IsKeptWithAllThatWereBefore) {
  SqliteStore store;
  const auto next = version_2();
  ASSERT_TRUE(store.ledger().add_schema(next, 77));
  EXPECT_EQ(store.ledger().add_schema(next, 78).error().code, "schema-number");
  store.reopen();
  EXPECT_EQ(store.ledger().schema().hash(), next->hash());
  EXPECT_NE(store.ledger().schemas()->numbered(1), nullptr);
  const auto kept = store.ledger().kept_schemas().value();
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[1].since_ms, 77);
  EXPECT_EQ(kept[1].hash, next->hash());
}

TEST(LedgerSchema, OfALedgerFromBeforeVersionsWereKeptIsItsFirst) {
  SqliteStore store;
  store.close();
  {
    platform::DatabaseOptions options;
    auto db = platform::Database::open(store.file(), platform::key_of(1), options);
    ASSERT_TRUE(db);
    ASSERT_TRUE(
        db->exec("INSERT INTO meta SELECT 'schema', CAST(text AS BLOB) FROM schema_version; DROP TABLE schema_version; "
                 "DROP TABLE awaited_schema; PRAGMA user_version = 9; "
                 // What came after is undone as well.
                 "DROP TABLE import_source; DROP TABLE import_run; DROP TABLE imported; "
                 "CREATE TABLE imported (source TEXT, root BLOB, told BLOB); DROP TABLE device_report; "
                 "DROP TABLE unique_value; DROP TABLE unique_gone; DELETE FROM meta WHERE name IN ('site-key', "
                 "'unique-fields')"));
  }
  store.reopen();
  EXPECT_EQ(store.ledger().schema().text(), schema_text());
  EXPECT_EQ(store.ledger().kept_schemas().value().at(0).since_ms, 0);
}

TEST(LedgerSchema, AReaderStaysAtTheOneOfItsSnapshot) {
  SqliteStore store;
  const auto before = store.ledger().reader().value();
  ASSERT_TRUE(store.ledger().add_schema(version_2(), 1));
  EXPECT_EQ(before->schema().version(), 1u);
  EXPECT_EQ(store.ledger().reader().value()->schema().version(), 2u);
}

}  // namespace
}  // namespace holdline::hub::testing
