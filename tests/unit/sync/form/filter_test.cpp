#include "sync/form/filter.hpp"

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

TEST(FilterTest, ChoosesByWhatFieldsSay) {
  const Schema schema = *Schema::parse(default_schema_text());
  const Collection& customers = *schema.collection("customer");
  Record record{{customers.no, {}}, "acme", std::vector<Value>(customers.fields.size())};
  record.fields[*customers.field("city")] = "Köln";
  record.fields[*customers.field("tier")] = "gold";
  record.fields[*customers.field("drill")] = true;
  record.fields[*customers.field("tags")] = Elements{{{}, "late payer", false}};
  const auto passing = [&](const std::map<std::string, std::string>& wanted) {
    return passes(*filter_of(customers, wanted), record);
  };
  EXPECT_TRUE(passing({}));
  EXPECT_TRUE(passing({{"city", " KÖLN "}, {"tier", "gold"}, {"drill", "yes"}, {"tags", "Late payer"}, {"lang", ""}}));
  EXPECT_FALSE(passing({{"city", "Köln"}, {"tier", "silver"}}));
  EXPECT_FALSE(passing({{"tags", ""}}));
  EXPECT_EQ(filter_of(customers, {{"town", "x"}}).error().code, "unknown-field");
  for (const char* field : {"vulnerable", "created_at", "primary_phone"})
    EXPECT_EQ(filter_of(customers, {{field, "yes"}}).error().code, "not-a-filter") << field;
}

}  // namespace
}  // namespace holdline::sync
