// The report about an outage over a real ledger: which incident, whose rows.
#include "hub/report/reports.hpp"

#include "contingency/incident/name.hpp"
#include "hub/callbacks/list/fields.hpp"
#include "sync/action/groups.hpp"
#include "sync/base/timestamp.hpp"
#include "tests/unit/hub/fixture.hpp"

namespace holdline::hub::testing {
namespace {

class ReportsTest : public HubTest {
 protected:
  ReportsTest() { enrol(); }

  RecordOp made(const std::string& collection, const std::string& scope, std::optional<Id> id = {}) {
    return {*hub_.ledger->schema().collection(collection), sync::OpKind::create, id ? *id : entropy_.id(), scope};
  }
  void keep(RecordOp op) {
    const OwnRow row{{std::move(op).op()}};
    ASSERT_EQ(intake_.take_own({&row, 1}, at_ms_).value().front().effect, RowEffect::created);
  }
  // Declared and closed, in both scopes; a record in each, as workstations make them.
  Id outage(bool drill, std::int64_t began_ms) {
    const Id incident = entropy_.id();
    for (const std::string scope : {"acme/leeds", "beta/leeds"}) {
      const auto key = contingency::incident_key(incident, scope);
      const Id record = sync::child_id(*hub_.ledger->schema().collection("incident"), {}, key);
      keep(std::move(made("incident", scope, record)
                         .set("key", key)
                         .add("scopes", {"acme/leeds", "beta/leeds"})
                         .set("title", std::string("CRM down"))
                         .set("how", std::string("hub"))
                         .set("drill", drill)));
      for (const auto& [trigger, ms] :
           {std::pair("declare", began_ms), std::pair("systems_back", began_ms + 60'000), std::pair("close", at_ms_)})
        keep(std::move(made("incident_step", scope)
                           .set("incident", record)
                           .set("kind", std::string("step"))
                           .set("trigger", std::string(trigger))
                           .set("role", std::string("supervisor"))
                           .set("by", std::string("sue"))
                           .set("reason", std::string("it hangs"))
                           .set("at", ms)));
    }
    return incident;
  }
  void entry(const std::string& scope, const Id& incident, bool drill = false) {
    keep(std::move(made("manual_entry", scope)
                       .set("kind", std::string("message"))
                       .set("note", std::string("hello"))
                       .set("event_time", at_ms_ - 30'000)
                       .set("station", "desk of " + scope)
                       .set("incident", incident.is_nil() ? "" : contingency::incident_name(incident))
                       .set("drill", drill)));
  }
  Json report(const platform::HttpFields& query) {
    platform::HttpRequest request;
    request.query = query;
    const auto answer = administer_report(*hub_.ledger, request, at_ms_ + 1'000);
    if (!answer) return {{"code", answer.error().code}};
    return Json::parse(answer->body);
  }
  static Json figure(const Json& report, std::string_view id) {
    for (const Json& section : report.at("sections"))
      for (const Json& one : section.at("figures"))
        if (one.at("id") == id) return one.at("value");
    return "none";
  }

  std::int64_t at_ms_ = *sync::parse_time("2027-06-09T18:30:00Z");
  Intake intake_{*hub_.ledger, entropy_};
};

TEST_F(ReportsTest, OneClientsReportHoldsNoRowOfAnother) {
  const Id incident = outage(false, at_ms_ - 600'000);
  entry("acme/leeds", incident);
  entry("acme/leeds", {});
  entry("beta/leeds", incident);
  const Json all = report({}), acme = report({{"client", "acme"}});
  EXPECT_EQ(all.at("incident"), contingency::incident_short_name(incident));
  EXPECT_EQ(figure(all, "taken"), 3.0);
  EXPECT_EQ(figure(all, "unmarked"), 1.0);
  EXPECT_EQ(figure(acme, "taken"), 2.0);
  EXPECT_EQ(acme.at("scopes"), Json{"acme/leeds"});
  EXPECT_EQ(acme.dump().find("desk of beta"), std::string::npos);
  EXPECT_EQ(report({{"client", "nobody"}}).at("code"), "client-unknown");
}

TEST_F(ReportsTest, PracticeIsReportedByItselfOnly) {
  EXPECT_EQ(report({}).at("code"), "no-incidents");
  const Id drill = outage(true, at_ms_ - 600'000);
  entry("acme/leeds", drill, true);
  EXPECT_EQ(report({}).at("code"), "no-incidents");
  const Json practised = report({{"incident", contingency::incident_short_name(drill)}});
  EXPECT_EQ(practised.at("practice"), true);
  EXPECT_EQ(figure(practised, "taken"), 1.0);
  const Id real = outage(false, at_ms_ - 700'000);
  EXPECT_EQ(figure(report({}), "taken"), 0.0);
  EXPECT_EQ(report({}).at("incident"), contingency::incident_short_name(real));
  EXPECT_EQ(report({{"incident", "ZZZZZZ"}}).at("code"), "no-such-incident");
}

}  // namespace
}  // namespace holdline::hub::testing
