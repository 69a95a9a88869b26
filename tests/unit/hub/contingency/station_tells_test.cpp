#include "hub/contingency/station_tells.hpp"

#include <gtest/gtest.h>

#include "contingency/incident/name.hpp"

namespace holdline::hub {
namespace {

class StationTells : public ::testing::Test {
 protected:
  StationTells() {
    device.id = sync::Id{{7}};
    device.scopes = {"acme/london"};
  }
  // What `by` would tell: kind, role, scope.
  std::string verdict(const std::string& kind, const std::string& role, const std::string& scope,
                      const sync::Id& by) const {
    const sync::Collection& events = *schema.collection("runbook_event");
    const auto set = [&](const char* field, sync::Value value) {
      return sync::FieldChange{*events.field(field), sync::Value(sync::Null{}), std::move(value), {}, {}};
    };
    const std::vector<sync::Op> ops{
        {sync::OpKind::create,
         {events.no, {}},
         scope,
         0,
         {set("kind", kind), set("role", role), set("device", contingency::incident_name(by))},
         {}}};
    const auto refusal = refuse_station(schema, device, ops);
    return refusal ? refusal->code : "allowed";
  }

  const sync::Schema schema = *sync::Schema::parse(sync::default_schema_text());
  Device device;
};

TEST_F(StationTells, OfItsOwnWorkInItsOwnScopesAndAsNobodyElse) {
  EXPECT_EQ(verdict("told", "station", "acme/london", device.id), "allowed");
  EXPECT_EQ(verdict("told", "station", "acme/leeds", device.id), "scope-refused");
  EXPECT_EQ(verdict("told", "station", "acme/london", sync::Id{{8}}), "not-own-claim");
  EXPECT_EQ(verdict("approve", "station", "acme/london", device.id), "role-refused") << "people ask";
  EXPECT_EQ(verdict("told", "supervisor", "acme/london", device.id), "role-refused");
}

TEST_F(StationTells, NothingButRuns) {
  const sync::Collection& customers = *schema.collection("customer");
  const std::vector<sync::Op> ops{{sync::OpKind::create, {customers.no, {}}, "acme/london", 0, {}, {}}};
  EXPECT_EQ(refuse_station(schema, device, ops)->code, "role-refused");
}

}  // namespace
}  // namespace holdline::hub
