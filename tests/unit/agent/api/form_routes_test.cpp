// What can be typed, as the API tells it.
#include <algorithm>

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

}  // namespace
}  // namespace holdline::agent
