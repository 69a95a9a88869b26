#include "agent/api/forms.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/agent/replica/fixture.hpp"

namespace holdline::agent {
namespace {

using Json = nlohmann::json;
using sync::Finding;
using sync::Value;

struct Read {
  Value value;
  std::vector<Finding> findings;
  bool wrong() const { return findings.size() == 1 && findings[0].code == "wrong-type" && sync::is_null(value); }
};

Read read(std::string_view collection, std::string_view field, const Json& json) {
  Read read;
  const auto& of = collection_of(collection);
  read.value = value_from(of.fields[of.field(field).value()], json, read.findings);
  return read;
}
Value value(std::string_view collection, std::string_view field, const Json& json) {
  auto got = read(collection, field, json);
  EXPECT_TRUE(got.findings.empty()) << json;
  return got.value;
}

TEST(Forms, NumbersAreTakenAsNumbersAndAsTypedText) {
  EXPECT_EQ(value("manual_entry", "amount", 20), Value(std::int64_t{20}));
  EXPECT_EQ(value("manual_entry", "amount", "20"), Value(std::int64_t{20}));
  EXPECT_EQ(value("manual_entry", "amount", " 20\u00a0"), Value(std::int64_t{20}));
  EXPECT_EQ(value("manual_entry", "amount", "-3"), Value(std::int64_t{-3}));
}

TEST(Forms, WhatIsNotAWholeNumberIsNeverRoundedOrCutShort) {
  for (const Json& json : {Json("20 pounds"), Json("20.5"), Json("2 0"), Json(""), Json(20.0), Json(true),
                           Json::array(), Json("99999999999999999999"), Json(18'446'744'073'709'551'615u)})
    EXPECT_TRUE(read("manual_entry", "amount", json).wrong()) << json;
}

TEST(Forms, YesAndNoInTheirUsualForms) {
  for (const Json& json : {Json(true), Json("yes"), Json("true")})
    EXPECT_EQ(value("email", "bounced", json), Value(true)) << json;
  for (const Json& json : {Json(false), Json("no"), Json("false")})
    EXPECT_EQ(value("email", "bounced", json), Value(false)) << json;
  for (const Json& json : {Json("maybe"), Json(1), Json("")})
    EXPECT_TRUE(read("email", "bounced", json).wrong()) << json;
}

TEST(Forms, TimesAreRfc3339OrMilliseconds) {
  const Value wanted = std::int64_t{1'772'357'400'000};
  EXPECT_EQ(value("manual_entry", "event_time", "2026-03-01T09:30:00Z"), wanted);
  EXPECT_EQ(value("manual_entry", "event_time", "2026-03-01T10:30:00+01:00"), wanted);
  EXPECT_EQ(value("manual_entry", "event_time", 1'772'357'400'000), wanted);
  for (const Json& json : {Json("yesterday"), Json("2026-02-30T09:30:00Z"), Json(true)})
    EXPECT_TRUE(read("manual_entry", "event_time", json).wrong()) << json;
}

TEST(Forms, ReferencesAreIds) {
  EXPECT_EQ(value("phone", "customer", id_of(5).text()), Value(id_of(5)));
  EXPECT_TRUE(read("phone", "customer", "customer 5").wrong());
}

TEST(Forms, NullIsNoValue) { EXPECT_TRUE(sync::is_null(value("customer", "given", nullptr))); }

TEST(Forms, TextsMustBeTexts) {
  EXPECT_EQ(value("customer", "given", "Ada"), Value(std::string("Ada")));
  EXPECT_TRUE(read("customer", "given", 5).wrong());
  EXPECT_TRUE(read("phone", "e164", 442075518700).wrong());
}

TEST(Forms, ACreateHasItsFieldsInOrderFromNothing) {
  std::vector<Finding> findings;
  const auto& customer = collection_of("customer");
  const auto changes = created_fields(
      customer, {{"family", "Lovelace"}, {"given", "Ada"}, {"title", nullptr}, {"tags", {"vip", "new"}}}, findings);
  EXPECT_TRUE(findings.empty());
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].field, customer.field("given").value());
  EXPECT_EQ(changes[0].base, sync::Base(Value(sync::Null{})));
  EXPECT_EQ(changes[1].value, Value(std::string("Lovelace")));
  EXPECT_EQ(changes[2].adds, (std::vector<std::string>{"vip", "new"}));
  EXPECT_TRUE(std::ranges::is_sorted(changes, {}, &sync::FieldChange::field));
}

TEST(Forms, UnknownFieldsAndWrongFormsAreToldNotDropped) {
  std::vector<Finding> findings;
  created_fields(collection_of("customer"), {{"shoe_size", 40}, {"tags", {5}}}, findings);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].code, "unknown-field");
  EXPECT_EQ(findings[0].field, "shoe_size");
  EXPECT_EQ(findings[1].field, "tags");
  findings.clear();
  created_fields(collection_of("customer"), Json::array(), findings);
  EXPECT_EQ(findings.size(), 1u);
}

TEST(Forms, AnEditHasTheBaseItWasMadeFrom) {
  std::vector<Finding> findings;
  const auto changes =
      edited_fields(collection_of("customer"), {{"city", {{"base", "Bonn"}, {"value", "Cologne"}}}}, nullptr, findings);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].base, sync::make_base(Value(std::string("Bonn"))));
  EXPECT_EQ(changes[0].value, Value(std::string("Cologne")));
}

TEST(Forms, WithoutABaseAnEditSaysThatItIsUnknownAndNotThatItWasEmpty) {
  std::vector<Finding> findings;
  const auto& customer = collection_of("customer");
  const auto unknown = edited_fields(customer, {{"city", {{"value", "Bonn"}}}}, nullptr, findings);
  const auto empty = edited_fields(customer, {{"city", {{"base", nullptr}, {"value", "Bonn"}}}}, nullptr, findings);
  EXPECT_TRUE(std::holds_alternative<sync::BaseUnknown>(unknown.at(0).base));
  EXPECT_EQ(empty.at(0).base, sync::Base(Value(sync::Null{})));
}

TEST(Forms, ASetIsEditedByAddsAndByTheTagsOfWhatGoes) {
  std::vector<Finding> findings;
  const Json change{{"tags", {{"add", "vip"}, {"remove", {id_of(3).text()}}}}};
  const auto changes = edited_fields(collection_of("customer"), change, nullptr, findings);
  ASSERT_TRUE(findings.empty());
  EXPECT_EQ(changes.at(0).adds, std::vector<std::string>{"vip"});
  EXPECT_EQ(changes.at(0).removes, std::vector<sync::Id>{id_of(3)});
}

TEST(Forms, ASetIsEditedByAllThatItIsToHold) {
  const sync::Collection& customer = collection_of("customer");
  sync::Record shown;
  shown.fields.resize(customer.fields.size());
  shown.fields[*customer.field("tags")] = sync::Elements{{id_of(3), "vip", false}, {id_of(4), "late payer", false}};
  std::vector<Finding> findings;
  const auto with = [&](const Json& value) {
    return edited_fields(customer, {{"tags", {{"base", Json::array()}, {"value", value}}}}, &shown, findings).at(0);
  };
  EXPECT_EQ(with("vip").adds, std::vector<std::string>{});
  EXPECT_EQ(with("vip").removes, std::vector<sync::Id>{id_of(4)});
  EXPECT_EQ(with({"vip", "solo"}).adds, std::vector<std::string>{"solo"});
  EXPECT_EQ(with(nullptr).removes, (std::vector<sync::Id>{id_of(3), id_of(4)}));
  EXPECT_TRUE(findings.empty());
}

TEST(Forms, AnEditInAWrongFormIsToldNotDropped) {
  for (const Json& change : {Json{{"city", "Bonn"}}, Json{{"tags", {{"remove", {"vip"}}}}},
                             Json{{"source_version", {{"base", 1}, {"value", "many"}}}}, Json("city"),
                             Json{{"shoe_size", {{"value", 40}}}}}) {
    std::vector<Finding> findings;
    edited_fields(collection_of("customer"), change, nullptr, findings);
    EXPECT_EQ(findings.size(), 1u) << change;
  }
}

TEST(Forms, AFieldIsShownAsItCanBeTypedAgain) {
  const auto& entry = collection_of("manual_entry");
  for (const auto& [name, shown] : std::vector<std::pair<const char*, Json>>{
           {"note", "lunch"}, {"amount", 20}, {"event_time", "2026-03-01T09:30:00Z"}, {"customer", id_of(5).text()}}) {
    const auto& field = entry.fields[entry.field(name).value()];
    const auto again = to_json(field, value("manual_entry", name, shown));
    EXPECT_EQ(value("manual_entry", name, again), value("manual_entry", name, shown)) << name;
  }
}

TEST(Forms, ARecordIsShownWithoutEmptyFieldsAndRemovedElements) {
  auto record = customer_of(1, "Ada", "Lovelace");
  record.fields[collection_of("customer").field("tags").value()] =
      sync::Elements{{id_of(1), "vip", false}, {id_of(2), "gone", true}};
  EXPECT_EQ(to_json(collection_of("customer"), record),
            (Json{{"given", "Ada"}, {"family", "Lovelace"}, {"tags", {{{"tag", id_of(1).text()}, {"text", "vip"}}}}}));
}

}  // namespace
}  // namespace holdline::agent
