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

std::string newer(std::string text) { return with(std::move(text), "\nversion = 6", "\nversion = 7"); }

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
              "nickname = { no = 60, type = \"text\", max_length = 40 }\ncreated_at = { no = 22");
  text = with(text, "notes = { no = 12, type = \"text\"", "notes = { no = 12, retired = true, type = \"text\"");
  EXPECT_EQ(changes(text),
            (Told{"customer.given: longer: 90 characters instead of 80", "customer.tier: a new option bronze",
                  "customer.notes: retired: not asked for any more; what stands in it stays and is shown",
                  "customer.nickname: a new field"}));
}

// What the ledger keeps of changes counts fields by their place.
TEST(SchemaCompare, RefusesAFieldThatWouldMoveOthers) {
  const std::string text = newer(shipped());
  const auto between = [&](std::string_view field) {
    return with(with(text, "updated_at = { no = 23,", "updated_at = { no = 63,"), "[collection.customer.field]\n",
                "[collection.customer.field]\n" + std::string(field) + "\n");
  };
  const auto old = Schema::parse(with(shipped(), "updated_at = { no = 23,", "updated_at = { no = 63,"));
  const auto told = [&](std::string_view field) {
    std::string first;
    for (const SchemaChange& change : compare(*old, *Schema::parse(between(field))))
      first += (change.why_not.empty() ? "" : "!") + change.where + ": " + change.what + "\n";
    return first;
  };
  EXPECT_EQ(told("nick = { no = 50, type = \"text\", max_length = 9 }"), "!customer.nick: a new field in between\n");
  EXPECT_EQ(told("nick = { no = 65, type = \"text\", max_length = 9 }"), "customer.nick: a new field\n");
  EXPECT_EQ(told("nick = { no = 65, type = \"text\", max_length = 9, merge_group = \"postal\" }"),
            "!customer.nick: a new field of merge group postal\n");
  EXPECT_EQ(
      told("nick = { no = 65, type = \"text\", max_length = 9, replication = \"masked\" }"),
      "customer.nick: a new field\n!conflict: values of fields that are masked, or of a group below one in use\n");
}

TEST(SchemaCompare, RefusesWhatStoredDataDoesNotFit) {
  const std::string text = newer(shipped());
  EXPECT_EQ(changes(with(text, "city = { no = 20, type = \"text\", max_length = 80",
                         "city = { no = 20, type = \"text\", max_length = 60")),
            Told{"!customer.city: shorter: 60 characters instead of 80"});
  EXPECT_EQ(changes(with(text, "\"silver\", ", "")), Told{"!customer.tier: without the option silver"});
  EXPECT_EQ(changes(with(text, "given = { no = 3,", "given = { no = 61,")),
            (Told{"!customer.given: gone", "customer.given: a new field", "!customer: another rule nobody_named"}));
  EXPECT_EQ(changes(with(text, "options = [\"allowed\", \"do_not_use\"]", "options = [\"do_not_use\", \"allowed\"]")),
            Told{"!phone.use: options in another order"});
  EXPECT_EQ(changes(with(text, "city = { no = 20,", "city = { required = true, no = 20,")),
            Told{"!customer.city: required"});
  EXPECT_EQ(changes(with(text, "notes = { no = 12,", "notes = { replication = \"never\", no = 12,")).front(),
            "!customer.notes: on workstations in another form");
  EXPECT_EQ(changes(with(shipped(), "max_length = 80, search = \"name\"", "max_length = 90, search = \"name\"")).back(),
            "!: version 6 after 6");
}

TEST(SchemaCompare, RefusesWhatWouldRefuseAWaitingQueue) {
  const std::string text = newer(shipped());
  EXPECT_EQ(changes(with(text, "city = { no = 20,", "city = { read_only = true, no = 20,")),
            Told{"!customer.city: set by the hub only"});
  EXPECT_EQ(changes(with(text, "any_of = [\"given\", \"family\", \"org\"]", "any_of = [\"given\", \"family\"]")),
            Told{"!customer: another rule nobody_named"});
}

TEST(SchemaCompare, TakesOtherDaysUntilSomethingIsDue) {
  EXPECT_EQ(changes(newer(with(shipped(), "after = \"received_at\"\ndays = 3", "after = \"received_at\"\ndays = 2"))),
            Told{"complaint: other times by which things are due; those that are set stay"});
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
  EXPECT_NE(page.find("| `tier` | Tier | one of: standard, silver, gold, vip | only the central database changes it |"),
            std::string::npos)
      << page;
}

}  // namespace
}  // namespace holdline::sync
