#include "sync/action/record.hpp"

#include <random>

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

class RecordTest : public testing::Test {
 protected:
  Schema schema = *Schema::parse(default_schema_text());
  const Collection& customer = *schema.collection("customer");

  Record sample() const {
    Record record{{customer.no, *Id::parse("0190c0de-7abc-7def-8123-456789abcdef")}, "acme/berlin", {}, false, false};
    record.fields.resize(customer.fields.size());
    set(record, "family", std::string("García"));
    set(record, "vulnerable", true);
    set(record, "created_at", std::int64_t{1'763'700'000'000});
    set(record, "tags", Elements{{record.key.id, "vip", false}});
    set(record, "primary_phone", record.key.id);
    return record;
  }
  void set(Record& record, std::string_view field, Value value) const {
    record.fields[*customer.field(field)] = std::move(value);
  }
  Record decoded(std::string_view body) const {
    Record record;
    const auto result = decode_body(customer, body, record);
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
    return record;
  }
  bool refused(std::string_view body) const {
    Record record;
    const auto result = decode_body(customer, body, record);
    return !result && result.error().kind == ErrorKind::stop && result.error().code == "malformed-body";
  }
};

TEST_F(RecordTest, BodyHasTheBytesThatTheProtocolStates) {
  Record record = sample();
  record.fields.assign(customer.fields.size(), Null{});
  record.deletion_asked = true;
  set(record, "ref", std::string("K1"));
  set(record, "vulnerable", false);
  EXPECT_EQ(to_hex(encode_body(customer, record)),
            "02"
            "0104024b31"
            "0901");
}

TEST_F(RecordTest, BodyComesBackWithoutTouchingKeyAndScope) {
  for (const int flags : {0, 1, 2, 3}) {
    Record record = sample();
    record.deleted = flags & 1;
    record.deletion_asked = flags & 2;
    Record back;
    back.key = record.key;
    back.scope = record.scope;
    back.fields.assign(40, Value(true));  // whatever the caller's record held before is gone
    ASSERT_TRUE(decode_body(customer, encode_body(customer, record), back));
    EXPECT_EQ(back, record);
  }
}

TEST_F(RecordTest, BodyOfARecordWithoutValuesIsItsFlags) {
  Record empty;
  empty.fields.resize(customer.fields.size());
  EXPECT_EQ(encode_body(customer, empty), std::string(1, '\0'));
  EXPECT_EQ(decoded(std::string(1, '\0')).fields, empty.fields);
}

TEST_F(RecordTest, BodyInAnotherFormIsRefused) {
  const std::pair<const char*, std::string> bodies[] = {
      {"nothing", ""},
      {"unknown flag", "\x04"},
      {"field number without value", std::string("\x00\x01", 2)},
      {"unknown field number", std::string("\x00\x7f\x02", 3)},
      {"field number zero", std::string("\x00\x00\x02", 3)},
      {"field twice", std::string("\x00\x09\x02\x09\x02", 5)},
      {"descending field numbers", std::string("\x00\x09\x02\x01\x04\x00", 6)},
      {"null that should not be there", std::string("\x00\x01\x00", 3)},
      {"value of another type", std::string("\x00\x01\x02", 3)},
  };
  for (const auto& [why, body] : bodies) EXPECT_TRUE(refused(body)) << why;
}

TEST_F(RecordTest, DecodesNoBodyToARecordThatWouldBeWrittenDifferently) {
  std::mt19937_64 random(7);
  const Bytes valid = encode_body(customer, sample());
  std::size_t decoded_bodies = 0;
  for (int round = 0; round < 20'000; ++round) {
    Bytes body = valid;
    if (round % 2 == 0) {
      body.resize(random() % 40);
      for (char& c : body) c = static_cast<char>(random() % 32);
    } else {
      for (std::size_t flips = 1 + random() % 3; flips > 0; --flips)
        body[random() % body.size()] = static_cast<char>(random());
    }
    Record record;
    if (!decode_body(customer, body, record)) continue;
    ++decoded_bodies;
    EXPECT_EQ(encode_body(customer, record), body) << to_hex(body);
  }
  EXPECT_GT(decoded_bodies, 100u);
}

TEST_F(RecordTest, ProjectionHidesTheFieldsOfOtherVisibilityGroups) {
  const Record record = sample();
  const Record everyone = project(customer, record, 0b01);
  EXPECT_TRUE(is_null(everyone.fields[*customer.field("vulnerable")]));
  EXPECT_EQ(everyone.fields[*customer.field("family")], Value(std::string("García")));
  EXPECT_EQ(everyone.key, record.key);
  EXPECT_EQ(everyone.scope, record.scope);
  EXPECT_EQ(project(customer, record, 0b11), record);
}

TEST_F(RecordTest, ProjectionMasksAndWithholdsByReplicationClass) {
  Collection c = customer;
  const FieldIndex family = *c.field("family"), given = *c.field("given"), org = *c.field("org");
  c.fields[family].replication = c.fields[given].replication = Replication::masked;
  c.fields[org].replication = Replication::never;
  Record record = sample();
  record.fields[family] = std::string("Grünwälder");
  record.fields[given] = std::string("王小明李");
  record.fields[org] = std::string("Acme");
  const Record seen = project(c, record, 0xff);
  EXPECT_EQ(seen.fields[family], Value(std::string("•••lder")));
  EXPECT_EQ(seen.fields[given], Value(std::string("•••")));
  EXPECT_TRUE(is_null(seen.fields[org]));
  record.fields[family] = Null{};
  EXPECT_TRUE(is_null(project(c, record, 0xff).fields[family]));
}

TEST_F(RecordTest, VisibleFieldsAreThoseAProfileSeesAtAll) {
  const FieldMask vulnerable = FieldMask{1} << *customer.field("vulnerable");
  EXPECT_EQ(visible_fields(customer, 0b01) & vulnerable, 0u);
  EXPECT_NE(visible_fields(customer, 0b10) & vulnerable, 0u);
  EXPECT_EQ(visible_fields(customer, 0), 0u);
  EXPECT_EQ(visible_fields(customer, 0xff), (FieldMask{1} << customer.fields.size()) - 1);
}

}  // namespace
}  // namespace holdline::sync
