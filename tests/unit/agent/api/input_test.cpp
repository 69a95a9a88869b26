#include "agent/api/input.hpp"

#include <gtest/gtest.h>

#include "agent/outbox/outbox.hpp"
#include "tests/unit/agent/replica/fixture.hpp"

namespace holdline::agent {
namespace {

TEST(ApiInput, ALimitIsKeptWithinItsBounds) {
  EXPECT_EQ(limit_of({}, 50, 200), 50u);
  for (const auto& [typed, limit] : {std::pair{"20", 20u}, {"0", 1u}, {"-3", 1u}, {"x", 1u}, {"9999", 200u}})
    EXPECT_EQ(limit_of({{"limit", typed}}, 50, 200), limit) << typed;
}

TEST(ApiInput, AListGoesOnBeforeAnIdAndNothingElse) {
  EXPECT_TRUE(id_of({}, "before")->is_nil());
  EXPECT_FALSE(id_of({{"before", "17"}}, "before"));
  EXPECT_EQ(id_of({{"before", "11111111-1111-4111-8111-111111111111"}}, "before")->text(),
            "11111111-1111-4111-8111-111111111111");
}

TEST(ApiInput, AnActionIsNamedByLaneAndNumber) {
  EXPECT_EQ(action_ref_of("2/17"), (sync::ActionRef{2, 17}));
  for (const char* text : {"", "2", "2/", "/17", "4/1", "2/17/", "2/x", "-1/3", "2/99999999999999999999"})
    EXPECT_FALSE(action_ref_of(text)) << text;
}

TEST(ApiInput, AnAdditionNamesItsRecordsByTheirPlaceAndTakesTheTimeItIsTold) {
  const auto addition = addition_of(test_schema(), collection_of("customer"), "acme/north", Desk{{}, 1'772'400'000'000},
                                    R"({"fields":{"given":"Ada"},"phones":[{"e164":"+442075518700"}],)"
                                    R"("event_time":"2026-03-01T09:30:00Z"})");
  ASSERT_TRUE(addition && addition->findings.empty());
  ASSERT_EQ(addition->ops.size(), 2u);
  EXPECT_EQ(addition->ops[1].record.id, created_here(1));
  EXPECT_EQ(addition->ops[1].scope, "acme/north");
  EXPECT_EQ(addition->event_ms, 1'772'357'400'000);
}

TEST(ApiInput, AConflictIsDecidedForOneOfTwoValuesWithAReason) {
  EXPECT_TRUE(resolution_of(R"({"choice":"other","reason":"asked"})")->take_other);
  EXPECT_FALSE(resolution_of(R"({"choice":"current","reason":"asked"})")->take_other);
  for (const char* body : {R"({"choice":"both","reason":"asked"})", R"({"choice":"other"})", "{}"})
    EXPECT_EQ(resolution_of(body).error().code, "invalid") << body;
  EXPECT_EQ(resolution_of(R"({"choice":1})").error().code, "malformed");
}

}  // namespace
}  // namespace holdline::agent
