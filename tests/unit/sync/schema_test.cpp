#include "sync/schema.hpp"

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

TEST(Schema, TheOneThatIsShippedParses) {
  const auto schema = Schema::parse(default_schema_text());
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_EQ(schema->version(), 1u);
  EXPECT_EQ(schema->text(), default_schema_text());
  EXPECT_EQ(schema->hash(), sha256(default_schema_text()));
  std::string names;
  for (const Collection& c : schema->collections()) names += c.name + " ";
  EXPECT_EQ(names, "customer address phone email manual_entry callback_request suppression conflict ");
}

}  // namespace
}  // namespace holdline::sync
