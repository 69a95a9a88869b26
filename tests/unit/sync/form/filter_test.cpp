#include "sync/form/filter.hpp"

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

TEST(FilterTest, ChoosesByWhatFieldsSay) {
  const Schema schema = *Schema::parse(default_schema_text());
  const Collection& customers = *schema.collection("customer");
  Record record{{customers.no, {}}, "acme", std::vector<Value>(customers.fields.size())};
  record.fields[*customers.field("city")] = "Köln";
  record.fields[*customers.field("family")] = "O'Brien-Müller";
  record.fields[*customers.field("ref")] = "K-1007";
  record.fields[*customers.field("country")] = "GB";
  record.fields[*customers.field("postcode")] = "SW1Y 4JH";
  record.fields[*customers.field("tier")] = "gold";
  record.fields[*customers.field("drill")] = true;
  record.fields[*customers.field("tags")] = Elements{{{}, "late payer", false}};
  const NameNormalizer normalizer;
  const auto passing = [&](const std::map<std::string, std::string>& wanted) {
    return passes(normalizer, customers, *filter_of(customers, wanted), record);
  };
  EXPECT_TRUE(passing({}));
  EXPECT_TRUE(passing({{"city", " KÖLN "}, {"tier", "gold"}, {"drill", "yes"}, {"tags", "Late payer"}, {"lang", ""}}));
  EXPECT_FALSE(passing({{"city", "Köln"}, {"tier", "silver"}}));
  EXPECT_FALSE(passing({{"tags", ""}}));
  EXPECT_TRUE(passing({{"city", "koeln"}, {"family", "obrien mueller"}, {"ref", "k1007"}, {"tier", "GOLD"}}));
  EXPECT_TRUE(passing({{"country", "united kingdom"}, {"postcode", "sw1y4jh"}}));
  EXPECT_TRUE(passing({{"postcode", "SW1Y"}}));
  EXPECT_FALSE(passing({{"postcode", "SW1Y 4JJ"}}));
  EXPECT_EQ(filter_of(customers, {{"town", "x"}}).error().code, "unknown-field");
  for (const auto& [field, text] :
       {std::pair{"tier", "platinum"}, {"country", "Atlantis"}, {"drill", "perhaps"}, {"source_version", "many"}})
    EXPECT_EQ(filter_of(customers, {{field, text}}).error().code, "not-a-value") << field;
  EXPECT_NE(filter_of(customers, {{"tier", "platinum"}}).error().message.find("standard, silver, gold, vip"),
            std::string::npos);
  for (const char* field : {"vulnerable", "created_at", "primary_phone"})
    EXPECT_EQ(filter_of(customers, {{field, "yes"}}).error().code, "not-a-filter") << field;
}

}  // namespace
}  // namespace holdline::sync
