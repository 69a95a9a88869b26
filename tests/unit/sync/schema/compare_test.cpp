#include "sync/schema/compare.hpp"

#include <gtest/gtest.h>

#include "sync/schema/describe.hpp"

namespace holdline::sync {
namespace {

std::string shipped() { return std::string(default_schema_text()); }

std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string newer(std::string text) { return with(std::move(text), "\nversion = 3", "\nversion = 4"); }

// "where: what", with "!" in front of what cannot be.
std::vector<std::string> changes(const std::string& to) {
  const auto old = Schema::parse(shipped()), now = Schema::parse(to);
  EXPECT_TRUE(now) << (now ? "" : now.error().message);
  std::vector<std::string> told;
  if (!now) return told;
  for (const SchemaChange& change : compare(*old, *now))
    told.push_back((change.why_not.empty() ? "" : "!") + change.where + ": " + change.what);
  return told;
}

using Told = std::vector<std::string>;

TEST(SchemaCompare, TakesWhatOldQueuesFit) {
  std::string text = newer(shipped());
  text = with(text, "given = { no = 3, type = \"text\", max_length = 80",
              "given = { no = 3, type = \"text\", max_length = 90");
  text = with(text, "\"silver\", \"gold\"", "\"silver\", \"bronze\", \"gold\"");
  text = with(text, "created_at = { no = 22",
              "nickname = { no = 30, type = \"text\", max_length = 40 }\ncreated_at = { no = 22");
  text =
      with(text, "notes = { no = 12, type = \"text\"", "notes = { no = 12, replication = \"never\", type = \"text\"");
  EXPECT_EQ(changes(text),
            (Told{"customer.given: longer: 90 characters instead of 80", "customer.tier: a new option bronze",
                  "customer.notes: retired: workstations drop it", "customer.nickname: a new field"}));
}

TEST(SchemaCompare, RefusesWhatStoredDataDoesNotFit) {
  const std::string text = newer(shipped());
  EXPECT_EQ(changes(with(text, "city = { no = 20, type = \"text\", max_length = 80",
                         "city = { no = 20, type = \"text\", max_length = 60")),
            Told{"!customer.city: shorter: 60 characters instead of 80"});
  EXPECT_EQ(changes(with(text, "\"silver\", ", "")), Told{"!customer.tier: without the option silver"});
  EXPECT_EQ(changes(with(text, "given = { no = 3,", "given = { no = 31,")),
            (Told{"!customer.given: gone", "customer.given: a new field", "!customer: another rule nobody_named"}));
  EXPECT_EQ(changes(with(text, "options = [\"allowed\", \"do_not_use\"]", "options = [\"do_not_use\", \"allowed\"]")),
            Told{"!phone.use: options in another order"});
  EXPECT_EQ(changes(with(text, "city = { no = 20,", "city = { required = true, no = 20,")),
            Told{"!customer.city: required"});
  EXPECT_EQ(changes(with(shipped(), "max_length = 80, search = \"name\"", "max_length = 90, search = \"name\"")).back(),
            "!: version 3 after 3");
}

TEST(SchemaCompare, RefusesWhatWouldRefuseAWaitingQueue) {
  const std::string text = newer(shipped());
  EXPECT_EQ(changes(with(text, "city = { no = 20,", "city = { read_only = true, no = 20,")),
            Told{"!customer.city: set by the hub only"});
  EXPECT_EQ(changes(with(text, "any_of = [\"given\", \"family\", \"org\"]", "any_of = [\"given\", \"family\"]")),
            Told{"!customer: another rule nobody_named"});
}

TEST(SchemaCompare, SaysNothingOfWhatOnlyPeopleRead) {
  EXPECT_EQ(changes(newer(with(shipped(), "label = \"Given name\"", "label = \"First name\""))), Told{});
  EXPECT_EQ(changes(shipped()), Told{});
}

TEST(SchemaDescribe, NamesEveryFieldOfPeople) {
  const auto schema = Schema::parse(shipped());
  const std::string page = described(*schema);
  for (const Collection& collection : schema->collections()) {
    if (collection.built_in) continue;
    EXPECT_NE(page.find("(`" + collection.name + "`)"), std::string::npos);
    for (const Field& field : collection.fields)
      EXPECT_NE(page.find("| `" + field.name + "` | " + field.label), std::string::npos);
  }
  EXPECT_NE(page.find("| `tier` | Tier | one of: standard, silver, gold, vip | the central database decides |"),
            std::string::npos)
      << page;
}

}  // namespace
}  // namespace holdline::sync
