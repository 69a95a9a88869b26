#include "sync/schema/columns.hpp"

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

// "ref", "phone.e164?" when guessed, "" for nothing.
std::string meant_by(std::string_view heading) {
  static const Schema schema = Schema::parse(default_schema_text()).value();
  const auto match = match_column(schema, *schema.collection("customer"), heading);
  if (!match) return "";
  const std::string field = match->collection->fields[match->field].name;
  const std::string child = match->collection->name == "customer" ? "" : match->collection->name + ".";
  return child + field + (match->guessed ? "?" : "");
}

TEST(Columns, NamesOfFieldsAndNumberedChildrenAreMeantAsTheyStand) {
  EXPECT_EQ(meant_by("ref"), "ref");
  EXPECT_EQ(meant_by("phone"), "phone.e164");
  EXPECT_EQ(meant_by("phone12"), "phone.e164");
  EXPECT_EQ(meant_by("email2"), "email.addr");
}

TEST(Columns, HeadingsOfOtherProgramsAreGuessed) {
  for (const char* heading : {"Customer No", "CUSTOMER_ID", "Customer number", "Kundennummer"})
    EXPECT_EQ(meant_by(heading), "ref?") << heading;
  EXPECT_EQ(meant_by("First Name"), "given?");
  EXPECT_EQ(meant_by("Surname"), "family?");
  EXPECT_EQ(meant_by("Phone 2"), "phone.e164?");
  EXPECT_EQ(meant_by("Mobile"), "phone.e164?");
  EXPECT_EQ(meant_by("E-Mail"), "email.addr?");
  EXPECT_EQ(meant_by("Zip"), "postcode?");
}

TEST(Columns, WhatNothingIsCalledMeansNothing) {
  for (const char* heading : {"", "shoe size", "phone123", "2"}) EXPECT_EQ(meant_by(heading), "") << heading;
}

}  // namespace
}  // namespace holdline::sync
