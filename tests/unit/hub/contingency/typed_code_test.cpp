#include "hub/contingency/typed_code.hpp"

#include <gtest/gtest.h>

#include "contingency/code/short_code.hpp"
#include "contingency/incident/name.hpp"

namespace holdline::hub {
namespace {

constexpr std::int64_t noon = 12 * 3'600'000;
const std::string key(32, 'k'), london = "acme/london";

class TypedCode : public ::testing::Test {
 protected:
  sync::FieldChange set(const sync::Collection& collection, const char* field, sync::Value value) {
    return {*collection.field(field), sync::Value(sync::Null{}), std::move(value), {}, {}};
  }
  // What a desk sends when somebody types `code` for this incident.
  std::vector<sync::Op> declared(const sync::Id& incident, const std::string& typed) {
    const sync::Collection& heads = *schema.collection("incident");
    const sync::Collection& steps = *schema.collection("incident_step");
    const std::string record_key = contingency::incident_key(incident, london);
    const sync::Id record = sync::child_id(heads, {}, record_key);
    return {{sync::OpKind::create,
             {heads.no, record},
             london,
             0,
             {set(heads, "key", record_key), set(heads, "how", std::string("code"))},
             {}},
            {sync::OpKind::create,
             {steps.no, {}},
             london,
             0,
             {set(steps, "incident", record), set(steps, "kind", std::string("step")),
              set(steps, "trigger", std::string("declare")), set(steps, "role", std::string("code")),
              set(steps, "code", typed)},
             {}}};
  }
  std::string verdict(const std::vector<sync::Op>& ops, std::int64_t made_ms = noon) {
    const auto refusal = refuse_typed_codes(schema, key, ops, made_ms);
    return refusal ? refusal->code : "allowed";
  }

  const sync::Schema schema = *sync::Schema::parse(sync::default_schema_text());
  const contingency::CodeMeaning meaning{contingency::site_of_key(key), london, contingency::hour_of(noon), 3, false};
  const std::string code = *contingency::make_code(key, meaning);
};

TEST_F(TypedCode, DeclaresItsIncidentAndNoOther) {
  EXPECT_EQ(verdict(declared(meaning.incident(), code)), "allowed");
  EXPECT_EQ(verdict(declared(sync::Id{{9}}, code)), "code-refused");
  EXPECT_EQ(verdict(declared(meaning.incident(), "34679ACDEF")), "code-refused");
  EXPECT_EQ(verdict(declared(meaning.incident(), "")), "code-refused");
}

TEST_F(TypedCode, NoIncidentComesAsByCodeWithoutOne) {
  auto ops = declared(meaning.incident(), code);
  ops.pop_back();
  EXPECT_EQ(verdict(ops), "code-refused");
  EXPECT_EQ(verdict({}), "allowed");
}

TEST_F(TypedCode, AClockThatWasHoursOffKeepsNobodyFromBeingHeard) {
  EXPECT_EQ(verdict(declared(meaning.incident(), code), noon + 10 * 3'600'000), "allowed");
  EXPECT_EQ(verdict(declared(meaning.incident(), code), noon - 10 * 3'600'000), "allowed");
  EXPECT_EQ(verdict(declared(meaning.incident(), code), noon + 20 * 3'600'000), "code-refused");
}

TEST_F(TypedCode, WhatASupervisorDeclaresNeedsNone) {
  auto ops = declared(meaning.incident(), code);
  ops[0].changes[1].value = std::string("offline");
  ops[1].changes[3].value = std::string("supervisor");
  EXPECT_EQ(verdict(ops), "allowed");
}

TEST_F(TypedCode, NobodySpeaksInARoleThatIsNotTheirs) {
  const auto refused = [&](const char* role, const std::vector<sync::Op>& ops) {
    return sync::refuse(schema, {role, {london}}, ops).has_value();
  };
  auto ops = declared(meaning.incident(), code);
  for (const char* role : {"agent", "supervisor", "it"}) EXPECT_FALSE(refused(role, ops)) << role;
  ops[0].changes[1].value = std::string("offline");
  EXPECT_TRUE(refused("agent", ops));
  EXPECT_FALSE(refused("it", ops));
  ops[1].changes[2].value = std::string("close");
  EXPECT_TRUE(refused("supervisor", ops)) << "a code declares and does nothing else";
  ops[1].changes[3].value = std::string("supervisor");
  EXPECT_FALSE(refused("supervisor", ops));
  EXPECT_TRUE(refused("it", ops));
  EXPECT_TRUE(refused("agent", {ops[1]}));
}

}  // namespace
}  // namespace holdline::hub
