#include "sync/action/action.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "sync/base/limits.hpp"
#include "tests/unit/sync/action/random_actions.hpp"

namespace holdline::sync {
namespace {

class ActionTest : public testing::Test {
 protected:
  const Schema schema = *Schema::parse(default_schema_text());
  const Salt salt{1, 2, 3};
  const Collection& customer = *schema.collection("customer");
  const Collection& phone = *schema.collection("phone");

  ActionHeader header() const {
    ActionHeader h;
    h.lane = 3;
    h.number = 7;
    h.schema = schema.version();
    h.made = {1'763'700'000'000, Id{{9}}, 5'000};
    h.event_ms = h.made.wall_ms - 60'000;
    h.hybrid = {h.made.wall_ms, 1};
    h.person = Id{{4}};
    return h;
  }

  FieldChange set(const Collection& collection, std::string_view field, Value value) const {
    return {*collection.field(field), BaseUnknown{}, std::move(value), {}, {}};
  }

  // A customer with one phone: the phone refers to a record of the same action and its id is a natural one.
  Action customer_with_phone() const {
    Action action{header(), {}, salt};
    Op root{OpKind::create, {customer.no, created_id(origin_of(test_maker, action), 0)}, "acme/north", 0, {}, {}};
    root.changes = {set(customer, "given", std::string("Ada"))};
    Op child{
        OpKind::create, {phone.no, natural_id(phone.no, root.record.id, "+442075518700")}, "acme/north", 0, {}, {}};
    child.changes = {set(phone, "customer", root.record.id), set(phone, "e164", std::string("+442075518700"))};
    action.ops = {root, child};
    return action;
  }

  Result<StoredAction> store(const Action& action) const { return store_action(schema, test_maker, action, Hash{}); }
};

TEST_F(ActionTest, EveryStorableActionReadsBackAsItWas) {
  RandomActions random(schema, 1);
  for (std::uint64_t number = 1; number <= 2'000; ++number) {
    const Action action = random.next(3, number);
    const auto stored = store(action);
    ASSERT_TRUE(stored) << stored.error().message;
    const auto read = read_action(schema, test_maker, *stored);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->header, action.header);
    EXPECT_EQ(read->ops, action.ops);
  }
}

TEST_F(ActionTest, IdsThatBothSidesCanDeriveAreNotStored) {
  const Action action = customer_with_phone();
  const auto stored = store(action);
  ASSERT_TRUE(stored);
  EXPECT_LT(stored->payload.size(), 64u);
  EXPECT_EQ(stored->payload.find(action.ops[0].record.id.view()), Bytes::npos);
  EXPECT_EQ(stored->payload.find(action.ops[1].record.id.view()), Bytes::npos);
}

TEST_F(ActionTest, StoredFormIsTheOneWrittenDown) {
  const auto stored = store(customer_with_phone());
  ASSERT_TRUE(stored);
  EXPECT_EQ(to_hex(stored->header),
            "01"
            "03"
            "07"
            "06"
            "8094b2cbd466"
            "bfa907"
            "00"
            "01"
            "09000000000000000000000000000000"
            "904e"
            "04000000000000000000000000000000"
            "00"
            "00"
            "00");
  EXPECT_EQ(to_hex(stored->payload),
            "02"
            "00"
            "01"
            "00"
            "0a61636d652f6e6f727468"
            "00"
            "01"
            "03"
            "00"
            "0403416461"
            "00"
            "03"
            "02"
            "0a61636d652f6e6f727468"
            "00"
            "02"
            "01"
            "04"
            "00"
            "02"
            "00"
            "040d2b343432303735353138373030");
}

TEST_F(ActionTest, ReadingStopsAtEveryTruncationAndAtTrailingBytes) {
  const StoredAction whole = *store(customer_with_phone());
  for (std::size_t n = 0; n < whole.payload.size(); ++n) {
    StoredAction cut = whole;
    cut.payload.resize(n);
    EXPECT_FALSE(read_action(schema, test_maker, cut)) << n;
  }
  for (std::size_t n = 0; n < whole.header.size(); ++n) EXPECT_FALSE(read_header(whole.header.substr(0, n))) << n;
  StoredAction longer = whole;
  longer.payload.push_back('\0');
  EXPECT_EQ(read_action(schema, test_maker, longer).error().code, "malformed-action");
}

TEST_F(ActionTest, ReadingArbitraryBytesIsAnErrorOrAnActionThatStoresAgain) {
  RandomActions random(schema, 2);
  for (std::uint64_t number = 1; number <= 20'000; ++number) {
    StoredAction stored = *store(random.next(3, number));
    Bytes& part = random.chance(2) ? stored.header : stored.payload;
    part[random.below(static_cast<std::uint32_t>(part.size()))] ^= static_cast<char>(1 << random.below(8));
    const auto read = read_action(schema, test_maker, stored);
    if (read) {
      EXPECT_TRUE(store(*read));
    }
  }
}

TEST_F(ActionTest, HashCoversPredecessorHeaderSaltAndPayload) {
  const StoredAction stored = *store(customer_with_phone());
  EXPECT_EQ(stored.hash, chain_hash(Hash{}, stored.header, stored.salt, stored.payload));
  EXPECT_NE(stored.hash, chain_hash(sha256("x"), stored.header, stored.salt, stored.payload));
  EXPECT_NE(stored.hash, chain_hash(Hash{}, stored.header + "x", stored.salt, stored.payload));
  EXPECT_NE(stored.hash, chain_hash(Hash{}, stored.header, Salt{}, stored.payload));
  EXPECT_NE(stored.hash, chain_hash(Hash{}, stored.header, stored.salt, stored.payload + "x"));
  const Hash body = sha256({{"\1\2\3\0\0\0\0\0", 8}, stored.payload});
  EXPECT_EQ(stored.hash, sha256({Hash{}.view(), stored.header, body.view()}));
}

TEST_F(ActionTest, WhatOneActionCannotCarryIsRefusedWhenItIsStored) {
  Action action = customer_with_phone();
  action.ops[0].changes = {set(customer, "notes", std::string(limits::text_bytes + 1, 'x'))};
  EXPECT_EQ(store(action).error().code, "action-too-large");
  action.ops[0].changes = {set(customer, "notes", std::string(limits::text_bytes, 'x'))};
  EXPECT_TRUE(store(action));
  const Op edit{OpKind::edit, {customer.no, Id{{1}}}, "acme", 0, action.ops[0].changes, {}};
  action.ops.assign(5, edit);
  EXPECT_EQ(store(action).error().code, "action-too-large");
  action.ops.assign(limits::ops_per_action + 1, Op{OpKind::edit, {customer.no, Id{{1}}}, "acme", 0, {}, {}});
  EXPECT_EQ(store(action).error().code, "action-too-large");
}

TEST_F(ActionTest, AnotherSchemaVersionAndUnknownCollectionsAreNamed) {
  Action action = customer_with_phone();
  const StoredAction stored = *store(action);
  StoredAction newer = stored;
  newer.header[3] = static_cast<char>(schema.version() + 1);
  EXPECT_EQ(read_action(schema, test_maker, newer).error().code, "unknown-schema");
  StoredAction strange = stored;
  strange.payload[2] = 99;
  EXPECT_EQ(read_action(schema, test_maker, strange).error().code, "unknown-collection");
  strange = stored;
  strange.payload[17] = 99;
  EXPECT_EQ(read_action(schema, test_maker, strange).error().code, "unknown-field");
  action.ops[0].changes[0].adds = {"element of a text field"};
  EXPECT_EQ(store(action).error().code, "malformed-action");
}

TEST_F(ActionTest, BaseIsTheValueOrAboveSixtyFourBytesItsHash) {
  EXPECT_TRUE(std::holds_alternative<Value>(make_base(std::string(62, 'x'))));  // 64 canonical bytes
  EXPECT_TRUE(std::holds_alternative<Hash>(make_base(std::string(63, 'x'))));
  for (const Value& value : {Value{std::string("short")}, Value{std::string(500, 'x')}, Value{Null{}}}) {
    EXPECT_TRUE(base_matches(make_base(value), value));
    EXPECT_FALSE(base_matches(make_base(value), std::string("other")));
  }
  EXPECT_TRUE(base_matches(BaseUnknown{}, Null{}));
  EXPECT_FALSE(base_matches(BaseUnknown{}, std::string("anything")));
}

TEST_F(ActionTest, ElementTagsAndCreatedIdsNeverMeet) {
  const Origin origin = origin_of(test_maker, header(), salt);
  std::vector<Id> ids;
  for (std::uint32_t index : {0u, 1u, 199u}) {
    ids.push_back(created_id(origin, index));
    for (FieldIndex field : {FieldIndex{0}, FieldIndex{63}})
      for (std::uint32_t k : {0u, 1u, 999u}) ids.push_back(element_tag(origin, index, field, k));
  }
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

TEST_F(ActionTest, OverlayingTwiceIsOverlayingOnce) {
  const Origin origin = origin_of(test_maker, header(), salt);
  const FieldIndex tags = *customer.field("tags");
  Op op{OpKind::create,
        {customer.no, created_id(origin, 0)},
        "acme",
        0,
        {set(customer, "given", std::string("Ada"))},
        {}};
  const Id gone = Id{{7}};
  op.changes.push_back({tags, BaseUnknown{}, Null{}, {"loyal", "late payer"}, {gone}});
  Record once;
  overlay(customer, origin, 0, op, once);
  Record twice = once;
  overlay(customer, origin, 0, op, twice);
  EXPECT_EQ(once, twice);
  EXPECT_EQ(once.key, op.record);
  EXPECT_EQ(once.scope, "acme");
  EXPECT_EQ(once.fields.at(*customer.field("given")), Value{std::string("Ada")});
  const auto& elements = std::get<Elements>(once.fields.at(tags));
  ASSERT_EQ(elements.size(), 3u);
  EXPECT_EQ(std::count_if(elements.begin(), elements.end(), [](const Element& e) { return e.removed; }), 1);
}

TEST_F(ActionTest, ARemoveHoldsWhenItsAddComesLater) {
  const Origin origin = origin_of(test_maker, header(), salt);
  const FieldIndex tags = *customer.field("tags");
  Op remove{OpKind::edit, {customer.no, Id{{1}}}, "acme", 0, {}, {}};
  remove.changes = {{tags, BaseUnknown{}, Null{}, {}, {element_tag(origin, 0, tags, 0)}}};
  Op add = remove;
  add.changes = {{tags, BaseUnknown{}, Null{}, {"loyal"}, {}}};
  Record record;
  overlay(customer, origin, 1, remove, record);
  overlay(customer, origin, 0, add, record);
  const auto& elements = std::get<Elements>(record.fields.at(tags));
  ASSERT_EQ(elements.size(), 1u);
  EXPECT_TRUE(elements[0].removed);
  EXPECT_EQ(elements[0].text, "");
}

}  // namespace
}  // namespace holdline::sync
