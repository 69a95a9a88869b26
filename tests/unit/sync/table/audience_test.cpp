#include "sync/table/audience.hpp"

#include <map>

#include <gtest/gtest.h>

#include "sync/text/contact_hash.hpp"

namespace holdline::sync {
namespace {

class AudienceTest : public testing::Test {
 protected:
  Schema schema = *Schema::parse(default_schema_text());
  const std::string number = "+442075518700", address = "Ada@Example.com", list_key = "a key of the list";

  static Id id(std::uint8_t n) {
    Id id;
    id.bytes[0] = n;
    return id;
  }
  Record record(std::string_view collection, std::uint8_t n, const std::map<std::string, Value>& values) {
    const Collection& of = *schema.collection(collection);
    Record made{{of.no, id(n)}, "acme/leeds", std::vector<Value>(of.fields.size())};
    for (const auto& [field, value] : values) made.fields[*of.field(field)] = value;
    return made;
  }
  Record customer(std::map<std::string, Value> values = {}) {
    values.emplace("street", "St James Square 12");
    return record("customer", 1, values);
  }
  std::vector<Record> children(const std::map<std::string, Value>& phone = {}) {
    auto values = phone;
    values.emplace("e164", number);
    return {record("phone", 2, values), record("email", 3, {{"addr", address}})};
  }
  Record consent(std::int64_t at, const std::string& channel, const std::string& status, std::uint8_t of = 1) {
    return record(
        "consent", 4,
        {{"customer", id(of)}, {"purpose", "marketing"}, {"channel", channel}, {"status", status}, {"at", at}});
  }
  Record listed(const std::string& kind, const std::string& value, const std::string& purpose) {
    return record("suppression", 5,
                  {{"kind", kind},
                   {"value_hash", contact_hash(list_key, kind, value)},
                   {"purpose", purpose},
                   {"status", "do_not_contact"}});
  }
  // What goes along of the customer, as letters: P, E, A; or why it is left out.
  std::string along(std::string_view purpose, const std::vector<Record>& told, Record one, std::vector<Record> many,
                    std::string_view collection = "customer") {
    Audience audience(schema, *schema.collection(collection), purpose, list_key);
    audience.tell(*schema.collection("customer"), customer());
    for (const Record& record : told) audience.tell(*schema.collection(record.key.collection), record);
    if (!audience.admit(one, many)) return described(audience.left_out());
    std::string letters;
    for (const Record& child : many) letters += child.key.collection == schema.collection("phone")->no ? 'P' : 'E';
    if (collection == "customer" && !is_null(one.fields[*schema.collection("customer")->field("street")]))
      letters += 'A';
    return letters;
  }
  std::string along(std::string_view purpose, const std::vector<Record>& told = {}) {
    return along(purpose, told, customer(), children());
  }
};

TEST_F(AudienceTest, MarketingIsForThoseWhoAgreedByTheWaysTheyAgreedTo) {
  EXPECT_EQ(along("marketing"), "1 without consent to it");
  EXPECT_EQ(along("marketing", {consent(1, "any", "given")}), "PEA");
  EXPECT_EQ(along("marketing", {consent(1, "any", "given"), consent(2, "phone", "withdrawn")}), "EA");
  EXPECT_EQ(along("marketing", {consent(2, "any", "withdrawn"), consent(1, "any", "given")}),
            "1 without consent to it");
  EXPECT_EQ(along("marketing", {consent(1, "any", "given"), consent(1, "any", "refused")}), "1 without consent to it");
  EXPECT_EQ(along("marketing", {consent(1, "phone", "given"), consent(1, "sms", "refused")}),
            "1 without consent to it");
  EXPECT_EQ(along("marketing", {consent(1, "email", "given")}), "E");
  EXPECT_EQ(along("contact_list"), "PEA") << "service needs none";
}

TEST_F(AudienceTest, WhoAskedToBeLeftAloneIs) {
  const Record agreed = consent(1, "any", "given");
  EXPECT_EQ(along("marketing", {agreed, listed("number", number, "marketing")}), "EA");
  EXPECT_EQ(along("marketing", {agreed, listed("email", "ada@example.COM", "any")}), "PA");
  EXPECT_EQ(along("contact_list", {listed("number", number, "marketing")}), "PEA");
  EXPECT_EQ(along("contact_list", {listed("number", number, "any")}), "EA");
  EXPECT_EQ(along("contact_list", {}, customer(), children({{"use", "do_not_use"}})), "EA");
  const std::string short_spelling = "+541123456789", long_spelling = "+5491123456789";
  for (const auto& [has, said] : {std::pair(short_spelling, long_spelling), std::pair(long_spelling, short_spelling)})
    EXPECT_EQ(along("marketing", {agreed, listed("number", said, "any")}, customer(), children({{"e164", has}})), "EA")
        << has << " is " << said;
  EXPECT_EQ(along("handover", {listed("number", number, "any")}), "PEA") << "nobody is called by it";
  for (const std::string kind : {"object", "erase"})
    EXPECT_EQ(along("marketing", {agreed, record("rights_request", 6, {{"customer", id(1)}, {"kind", kind}})}),
              "1 who objected or asked to be erased");
}

TEST_F(AudienceTest, WhatMayOnlyBeStoredGoesToItsOwnerOrAnotherStore) {
  const std::string left_out = "1 whose data may only be stored";
  const Record restricted = customer({{"processing", "restricted"}});
  const Record entry = record("manual_entry", 7, {{"customer", id(1)}});
  for (const std::string purpose : {"contact_list", "callback_list", "marketing", "handover", "quality", "reporting"}) {
    EXPECT_EQ(along(purpose, {restricted}), left_out) << purpose;
    EXPECT_EQ(along(purpose, {restricted}, entry, {}, "manual_entry"), left_out) << purpose;
    EXPECT_EQ(along(purpose, {record("rights_request", 6, {{"customer", id(1)}, {"kind", "restrict"}})}), left_out);
  }
  for (const std::string purpose : {"access_request", "migration"}) EXPECT_EQ(along(purpose, {restricted}), "PEA");
}

TEST_F(AudienceTest, ACallbackToAListedNumberIsLeftOutForItsOwnPurpose) {
  const auto callback = [&](const std::string& purpose) {
    return record("callback_request", 8, {{"phone", number}, {"purpose", purpose}});
  };
  const std::vector<Record> told{listed("number", number, "survey")};
  EXPECT_EQ(along("callback_list", told, callback("survey"), {}, "callback_request"), "1 on the do-not-contact list");
  EXPECT_EQ(along("callback_list", told, callback("service"), {}, "callback_request"), "");
}

TEST_F(AudienceTest, WhatWasSaidOfAnAliasIsSaidOfItsSurvivor) {
  Record alias = record("customer", 9, {{"merged_into", id(1)}, {"processing", "restricted"}});
  EXPECT_EQ(along("reporting", {alias}), "1 whose data may only be stored");
  alias = record("customer", 9, {{"merged_into", id(1)}});
  EXPECT_EQ(along("marketing", {alias, consent(1, "any", "given", 9)}), "PEA");
  EXPECT_EQ(along("marketing", {alias, consent(1, "any", "given"), consent(2, "email", "withdrawn", 9)}), "PA");
  Audience audience(schema, *schema.collection("customer"), "reporting", list_key);
  const Collection& customers = *schema.collection("customer");
  audience.tell(customers, record("customer", 9, {{"merged_into", id(10)}}));
  EXPECT_EQ(audience.root_of(id(9)), id(9)) << "its survivor was deleted";
}

}  // namespace
}  // namespace holdline::sync
