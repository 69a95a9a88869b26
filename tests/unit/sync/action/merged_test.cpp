#include "sync/action/merged.hpp"

#include <map>

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

class MergedTest : public testing::Test {
 protected:
  Schema schema = *Schema::parse(default_schema_text());
  const Collection& customers = *schema.collection("customer");
  const Collection& phones = *schema.collection("phone");
  const FieldIndex family = *customers.field("family"), merged = *customers.merged_into;
  std::map<RecordKey, Record> records;

  static Id id(std::uint8_t n) {
    Id id;
    id.bytes[0] = n;
    return id;
  }
  RecordKey customer(std::uint8_t n) const { return {customers.no, id(n)}; }
  // A customer, merged into another one unless that is 0.
  void add(std::uint8_t n, std::uint8_t into = 0) {
    Record& record = records[customer(n)];
    record.key = customer(n);
    record.fields.resize(customers.fields.size());
    if (into != 0) record.fields[merged] = id(into);
  }
  RecordKey add_phone(std::uint8_t of, const std::string& number) {
    const RecordKey key{phones.no, child_id(phones, id(of), number)};
    Record& record = records[key];
    record.key = key;
    record.fields.resize(phones.fields.size());
    record.fields[*phones.parent] = id(of);
    record.fields[*phones.natural_key] = number;
    return key;
  }
  FindRecord find() {
    return [this](const RecordKey& key) -> Result<const Record*> {
      const auto found = records.find(key);
      return found == records.end() ? nullptr : &found->second;
    };
  }
  static Op edit(const RecordKey& key, FieldIndex field, Value value) {
    return {OpKind::edit, key, "s", 0, {{field, BaseUnknown{}, std::move(value), {}, {}}}, {}};
  }
  std::optional<std::vector<Op>> follow(std::vector<Op> ops) { return follow_merged(schema, ops, find()).value(); }
};

TEST_F(MergedTest, AnEditOfAnAliasIsDoneToWhomItEndsIn) {
  add(1), add(2, 1), add(3, 2);
  const auto followed =
      follow({edit(customer(1), family, std::string("A")), edit(customer(3), family, std::string("B"))});
  ASSERT_TRUE(followed);
  EXPECT_EQ(followed->at(0), edit(customer(1), family, std::string("A")));
  EXPECT_EQ(followed->at(1), edit(customer(1), family, std::string("B")));
  EXPECT_FALSE(follow({edit(customer(1), family, std::string("A"))})) << "nothing to follow";
}

TEST_F(MergedTest, MergingSaysWhereTheOtherWentAndMergingTwiceSaysNothing) {
  add(1), add(2, 1), add(3);
  EXPECT_EQ(follow({edit(customer(3), merged, id(2))})->front(), edit(customer(3), merged, id(1)));
  const auto both_ways = follow({edit(customer(1), merged, id(2))});
  ASSERT_TRUE(both_ways);
  EXPECT_EQ(both_ways->front().record, customer(1));
  EXPECT_TRUE(both_ways->front().changes.empty()) << "they are one already";
  EXPECT_FALSE(follow({edit(customer(2), merged, id(3))})) << "merged elsewhere: a question for a person";
  EXPECT_FALSE(follow({edit(customer(2), merged, Null{})})) << "parted";
}

TEST_F(MergedTest, ANumberThatBothHaveIsChangedAtTheSurvivor) {
  add(1), add(2, 1);
  const RecordKey own = add_phone(1, "+441"), same = add_phone(2, "+441"), other = add_phone(2, "+442");
  const FieldIndex use = *phones.field("use");
  EXPECT_EQ(follow({edit(same, use, std::string("do_not_use"))})->front().record, own);
  EXPECT_FALSE(follow({edit(other, use, std::string("do_not_use"))})) << "it is shown with the survivor as it is";
  records[own].deleted = true;
  EXPECT_FALSE(follow({edit(same, use, std::string("do_not_use"))}));
}

// Whoever merges may not know yet what somebody else has forbidden: the hub asks again by what it knows.
TEST_F(MergedTest, WhatProtectsSomebodyIsNotLifted) {
  add(1), add(2);
  const FieldIndex processing = *customers.field("processing"), use = *phones.field("use");
  Record &kept = records[customer(1)], &merging = records[customer(2)];
  kept.fields[processing] = std::string("allowed");
  merging.fields[processing] = std::string("restricted");
  const auto given = filling_op(customers, merging, kept, Filled::values);
  ASSERT_TRUE(given);
  EXPECT_EQ(given->changes.at(0).value, Value(std::string("restricted")));
  EXPECT_FALSE(filling_op(customers, kept, merging, Filled::values)) << "the survivor is strict already";
  Record &number = records[add_phone(1, "+441")], &same = records[add_phone(2, "+441")];
  same.fields[use] = std::string("do_not_use");
  EXPECT_EQ(stricter_op(phones, same, number)->changes.at(0).field, use);
  EXPECT_FALSE(stricter_op(phones, number, same));
}

TEST_F(MergedTest, AChainThatComesBackToItselfEnds) {
  add(1, 2), add(2, 1);
  EXPECT_TRUE(survivor_of(schema, customer(1), find()).has_value());
}

TEST_F(MergedTest, AnAliasOfADeletedRecordStandsForItself) {
  add(1), add(2, 1), add(3, 2);
  const auto deletes = [&](std::uint8_t n) { return Op{OpKind::erase_row, customer(n), "s", 0, {}, {}}; };
  EXPECT_FALSE(follow({deletes(1), deletes(3)})) << "both were shown as one, and both go";
  EXPECT_EQ(follow({deletes(3)})->front().record, customer(1)) << "by whoever did not know of the other";
  records[customer(1)].deleted = true;
  EXPECT_EQ(survivor_of(schema, customer(3), find()).value(), customer(2));
  EXPECT_FALSE(follow({edit(customer(2), family, std::string("A"))}));
}

TEST_F(MergedTest, TheSchemaRefusesAFieldThatCannotSayIt) {
  std::string text(default_schema_text());
  const std::string field = R"(merged_into = { no = 24, type = "reference", target = "customer" })";
  ASSERT_NE(text.find(field), std::string::npos);
  text.replace(text.find(field), field.size(), R"(merged_into = { no = 24, type = "reference", target = "phone" })");
  const auto refused = Schema::parse(text);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("collection.customer.merged_into"), std::string::npos)
      << refused.error().message;
}

}  // namespace
}  // namespace holdline::sync
