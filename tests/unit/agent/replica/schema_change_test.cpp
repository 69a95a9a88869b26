#include <gtest/gtest.h>

#include "tests/unit/agent/replica/disk.hpp"
#include "tests/unit/agent/replica/fixture.hpp"

namespace holdline::agent {
namespace {

sync::Schema with(const std::string& after, const std::string& added) {
  std::string text(sync::default_schema_text());
  text.replace(text.find("\nversion = "), 12, "\nversion = 9");
  text.insert(text.find(after) + after.size(), added);
  return must(sync::Schema::parse(text));
}

// A field more, which is searched.
const sync::Schema& extended() {
  static const sync::Schema schema = with(
      "[collection.customer.field]\n", "nickname = { no = 60, type = \"text\", max_length = 40, search = \"name\" }\n");
  return schema;
}
// A field that was there is searched: every row has to be looked at.
const sync::Schema& searched() {
  static const sync::Schema schema = with("title = { no = 2,", " search = \"name\",");
  return schema;
}

class SchemaChangeTest : public ::testing::Test {
 protected:
  SchemaChangeTest() {
    auto ada = customer_of(1, "Ada", "Lovelace");
    ada.fields[collection_of("customer").field("title").value()] = text("Countess");
    station_.bootstrap(Snapshot(10, {ada, phone_of(2, 1, "+442079460000")}));
    before_ = roots_of(station_.replica->digests());
  }
  std::unique_ptr<ReplicaReader> reader(const sync::Schema& schema) {
    return must(ReplicaReader::open(station_.options, station_.key, schema));
  }
  std::size_t found(ReplicaReader& reader, std::string_view words) {
    return must(reader.search(parse_query(reader.normalizer(), words), 10)).rows.size();
  }
  void expect_unharmed(std::size_t rows_of_customers = 1) {
    EXPECT_EQ(station_.replica->position().cursor.cn, 10u);
    EXPECT_EQ(roots_of(station_.replica->digests()), before_);
    EXPECT_TRUE(station_.replica->check_rows());
    EXPECT_EQ(must(reader(station_.replica->schema())->list(collection_of("customer"), {}, 10)).rows.size(),
              rows_of_customers);
  }

  ReplicaStation station_;
  std::vector<sync::DigestRoot> before_;
};

TEST_F(SchemaChangeTest, WhatIsOnlyAddedToIsChangedInPlace) {
  const auto open = station_.reader();
  must(station_.replica->change_schema(extended()));
  EXPECT_EQ(station_.replica->file_number(), 2u) << "that of the first bootstrap";
  expect_unharmed();
  must(open->change_schema(extended()));
  EXPECT_EQ(found(*open, "lovel"), 1u);

  const auto& customers = *extended().collection("customer");
  sync::Change change{11, false, 0, {}};
  change.record.key = key_in("customer", 1);
  change.record.scope = test_scope;
  change.record.fields.resize(customers.fields.size());
  const auto nickname = customers.field("nickname").value();
  change.record.fields[nickname] = text("Enchantress");
  change.mask = sync::FieldMask{1} << nickname;
  must(station_.replica->apply(cut_of(10, 11, {change}), 1));
  EXPECT_EQ(found(*open, "enchant"), 1u);
  EXPECT_TRUE(station_.replica->check_rows());

  must(station_.replica->change_schema(test_schema()));  // of a hub that was put back
  EXPECT_EQ(station_.replica->position().cursor.cn, 11u);
  EXPECT_EQ(roots_of(station_.replica->digests()), before_) << "without what that version does not have";
}

TEST_F(SchemaChangeTest, WhatIsSearchedInAnotherWayIsCopiedWithItsRows) {
  const auto old = station_.reader();
  EXPECT_EQ(found(*old, "countess"), 0u);
  must(station_.replica->change_schema(searched()));
  EXPECT_EQ(station_.replica->file_number(), 3u);
  expect_unharmed();
  EXPECT_EQ(found(*old, "lovel"), 1u) << "who had it open goes on reading";
  EXPECT_EQ(found(*reader(searched()), "countess"), 1u);
  EXPECT_EQ(found(*reader(searched()), "lovel"), 1u);
}

TEST_F(SchemaChangeTest, AStartTakesOverWhatIsOfAVersionThatIsKnown) {
  station_.replica.reset();
  for (const sync::Schema* next : {&extended(), &searched()}) {
    const sync::Schema* last = next == &extended() ? &test_schema() : &extended();
    station_.options.schema_of = [last](const sync::Hash& hash) {
      return hash == last->hash() ? std::optional(*last) : std::nullopt;
    };
    std::string why;
    station_.replica = must(Replica::open(station_.options, station_.key, *next, &why));
    EXPECT_EQ(why, "");
    EXPECT_EQ(station_.replica->schema().hash(), next->hash());
    expect_unharmed();
    station_.replica.reset();
  }
  station_.options.schema_of = [](const sync::Hash&) { return std::nullopt; };
  station_.start();
  EXPECT_NE(station_.rebuilt_because, "");
  EXPECT_TRUE(station_.replica->position().epoch.is_nil());
}

// Found by reading: the copy was thrown away, and the workstation had nothing to look things up in.
TEST(SchemaChangeOnAFullDisk, LeavesTheCopyForTheNextStart) {
  support::FaultDisk disk("schema-change-full", 1);
  auto options = options_on(disk);
  const auto key = platform::key_of(7);
  bootstrap(*must(Replica::open(options, key, test_schema())), Snapshot(10, {customer_of(1, "Ada", "Lovelace")}));
  options.schema_of = [](const sync::Hash& hash) {
    return hash == test_schema().hash() ? std::optional(test_schema()) : std::nullopt;
  };
  disk.set_capacity(disk.used_bytes());
  const auto full = Replica::open(options, key, searched());
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, "disk-full");
  disk.set_capacity(std::nullopt);
  EXPECT_EQ(must(Replica::open(options, key, searched()))->position().cursor.cn, 10u);
}

}  // namespace
}  // namespace holdline::agent
