// What can be typed, as the API tells it.
#include <algorithm>

#include "agent/api/words/words.hpp"
#include "contingency/incident/checklist.hpp"
#include "tests/unit/agent/api/fixture.hpp"

namespace holdline::agent {
namespace {

class FormRoutesTest : public LocalApiTest {
 protected:
  Json named(const Json& list, const std::string& name) {
    const auto found = std::ranges::find_if(list, [&](const Json& one) { return one.at("name") == name; });
    return found == list.end() ? Json() : *found;
  }
  Json collection(const std::string& name) { return named(get("/forms").json().at("collections"), name); }
};

TEST_F(FormRoutesTest, FormsAreToldToWhoeverIsSignedIn) {
  work();
  const Json forms = get("/forms").json();
  EXPECT_EQ(forms.at("schema"), "holdline.forms/1");
  EXPECT_TRUE(named(forms.at("collections"), "conflict").is_null());
  ASSERT_EQ(post("/logout", {}).status, 200);
  EXPECT_EQ(get("/forms").status, 401);
}

TEST_F(FormRoutesTest, AFieldSaysWhatCanBeTypedIntoIt) {
  work();
  const Json entry = collection("manual_entry").at("fields");
  const Json kind = named(entry, "kind");
  EXPECT_EQ(kind.at("type"), "picklist");
  EXPECT_EQ(kind.at("required"), true);
  EXPECT_EQ(kind.at("position"), 1);
  EXPECT_NE(std::ranges::find(kind.at("options"), "message"), kind.at("options").end());
  EXPECT_EQ(named(entry, "phone").at("group"), "number");
  EXPECT_EQ(named(entry, "note").at("max_length"), 4000);
  EXPECT_EQ(named(entry, "recorded_at").at("read_only"), true);
  EXPECT_EQ(named(collection("customer").at("fields"), "tier").at("read_only"), true);
  EXPECT_EQ(named(collection("customer").at("fields"), "country").at("format"), "country");
}

// What stands on the forms of a schema and is not told in German.
std::vector<std::string> untranslated(const sync::Schema& schema) {
  std::vector<std::string> missing;
  const Json& german = shipped_words().at("de");
  const auto look = [&](std::string english) {
    std::ranges::replace(english, '_', ' ');
    std::ranges::transform(english, english.begin(), [](unsigned char c) { return std::tolower(c); });
    if (!german.contains(english)) missing.push_back(std::move(english));
  };
  const auto look_at = [&](const sync::Field& field) {
    look(field.label);
    for (const std::string& option : field.options) look(option);
  };
  for (const char* name : {"customer", "phone", "email", "address", "manual_entry", "callback_request", "complaint"})
    for (const sync::Field& field : schema.collection(name)->fields)
      if (field.form_position > 0) look_at(field);
  for (const sync::Collection& collection : schema.collections()) look(collection.label);
  for (const sync::FormTemplate& form : schema.forms()) {
    look(form.label);
    for (const sync::FieldIndex field : form.fields) look_at(schema.collection(form.collection)->fields[field]);
  }
  return missing;
}

TEST(ShippedWords, TellInGermanWhatPeopleDidInAnOutage) {
  const nlohmann::json& german = shipped_words().at("de");
  const auto there = [&german](const std::string& deed, std::string said) {
    std::ranges::replace(said, '_', ' ');
    std::ranges::replace(said, '-', ' ');
    EXPECT_TRUE(german.contains(deed + " " + said)) << deed << " " << said;
  };
  const auto options = [](const char* collection, const char* field) {
    const sync::Collection& found = *test_schema().collection(collection);
    return found.fields[*found.field(field)].options;
  };
  for (const std::string& trigger : options("incident_step", "trigger")) there("outage-step", trigger);
  for (const std::string& kind : options("runbook_event", "kind")) there("plan-step", kind);
  for (const auto& point : contingency::checklist({}, {})) there("exception", point.id);
}

TEST(ShippedWords, TellInGermanWhatStandsOnTheFormsOfTheSchemaAndItsPacks) {
  EXPECT_EQ(untranslated(test_schema()), std::vector<std::string>());
  for (const sync::SchemaPack& pack : sync::schema_packs()) {
    const auto schema = sync::Schema::parse(std::string(sync::default_schema_text()) + "\n" + std::string(pack.text));
    ASSERT_TRUE(schema) << pack.name;
    EXPECT_EQ(untranslated(*schema), std::vector<std::string>()) << pack.name;
  }
}

}  // namespace
}  // namespace holdline::agent
