#include "sync/table/practice.hpp"

#include <gtest/gtest.h>

#include <map>

namespace holdline::sync {
namespace {

class PracticeTest : public testing::Test {
 protected:
  Record& put(std::string_view collection, std::uint8_t id) {
    const Collection& of = *schema_.collection(collection);
    Record record;
    record.key = {of.no, {}};
    record.key.id.bytes[0] = id;
    record.fields.resize(of.fields.size());
    return records_[record.key] = record;
  }
  void set(Record& record, std::string_view field, Value value) {
    record.fields[*schema_.collection(record.key.collection)->field(field)] = std::move(value);
  }
  bool practised(const Record& record) {
    return is_of_practice(schema_, record, [this](const RecordKey& wanted) -> std::optional<Record> {
      const auto found = records_.find(wanted);
      return found == records_.end() ? std::nullopt : std::optional(found->second);
    });
  }

  const Schema schema_ = Schema::parse(default_schema_text()).value();
  std::map<RecordKey, Record> records_;
};

TEST_F(PracticeTest, WhatBearsNoMarkFollowsWhatItIsAbout) {
  Record& invented = put("customer", 1);
  set(invented, "drill", true);
  Record& real = put("customer", 2);
  for (const char* kind : {"phone", "email", "address", "consent", "verification", "disclosure", "offer", "holding"}) {
    Record& about = put(kind, 3);
    set(about, "customer", invented.key.id);
    EXPECT_TRUE(practised(about)) << kind;
    set(about, "customer", real.key.id);
    EXPECT_FALSE(practised(about)) << kind;
  }
}

TEST_F(PracticeTest, AConflictAboutTheNumberOfAnInventedCustomerIsOfPractice) {
  Record& invented = put("customer", 1);
  set(invented, "drill", true);
  Record& phone = put("phone", 3);
  set(phone, "customer", invented.key.id);
  Record& conflict = put("conflict", 4);
  set(conflict, "collection", std::int64_t{phone.key.collection});
  set(conflict, "record", phone.key.id);
  EXPECT_TRUE(practised(conflict));
  set(invented, "drill", false);
  EXPECT_FALSE(practised(conflict));
}

TEST_F(PracticeTest, WhatCannotBeFoundIsTakenForReal) {
  Record& consent = put("consent", 3);
  EXPECT_FALSE(practised(consent));
  Id gone;
  gone.bytes[0] = 9;
  set(consent, "customer", gone);
  EXPECT_FALSE(practised(consent));
}

}  // namespace
}  // namespace holdline::sync
