// What the page says in German. The texts of its own are complete because they compile; what it is told by others (the
// labels and options of the shipped schema, refusals by their codes, what somebody did) is looked up by name, and a
// name without a text would be shown in English among German words.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace holdline::tree {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(std::string(HOLDLINE_SOURCE_DIR "/") + path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> found_in(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator one(text.begin(), text.end(), pattern), end; one != end; ++one) found.insert((*one)[1]);
  return found;
}

// The names on the left of `  name: "text"` and `  "a name": "text"`.
std::set<std::string> names_in(const std::string& catalogue) {
  return found_in(text_of("web/src/" + catalogue), std::regex(R"~(\n  "?([^":\n]+)"?:)~"));
}

std::set<std::string> missing(const std::set<std::string>& wanted, const std::set<std::string>& there) {
  std::set<std::string> found;
  std::ranges::set_difference(wanted, there, std::inserter(found, found.end()));
  return found;
}

std::string in_words(std::string name) {
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::ranges::replace(name, '_', ' ');
  return name;
}

// Labels of what stands on a form, and the options to choose from.
std::set<std::string> terms_of_schema() {
  static const std::regex line_of_field(R"(\n(\w+) = \{([^\n]*form_position = [^\n]*)\})"),
      label(R"re(label = "([^"]+)")re"), options(R"(options = \[([^\]]*)\])"), quoted(R"re("([^"]+)")re");
  const std::string schema = text_of("sync/schema/schema.toml");
  std::set<std::string> terms;
  for (std::sregex_iterator one(schema.begin(), schema.end(), line_of_field), end; one != end; ++one) {
    const std::string name = (*one)[1], rest = (*one)[2];
    const auto labels = found_in(rest, label);
    terms.insert(in_words(labels.empty() ? name : *labels.begin()));
    for (const std::string& list : found_in(rest, options))
      for (const std::string& option : found_in(list, quoted)) terms.insert(in_words(option));
  }
  return terms;
}

TEST(GermanTest, LabelsAndOptionsOfTheShippedFormsAreThere) {
  const auto terms = terms_of_schema();
  ASSERT_GT(terms.size(), 50U);
  const auto there = found_in(text_of("agent/api/words/de.json"), std::regex(R"~("([^":\n]+)":)~"));
  EXPECT_EQ(missing(terms, there), std::set<std::string>());
}

TEST(GermanTest, RefusalsOfTheLocalApiAndRulesOfTheShippedSchemaAreThere) {
  auto wanted = std::set<std::string>();
  for (const std::string& list :
       found_in(text_of("agent/api/description/openapi.json"), std::regex(R"re("code": \{"enum": \[([^\]]*)\])re")))
    wanted.merge(found_in(list, std::regex(R"re("([a-z-]+)")re")));
  ASSERT_GT(wanted.size(), 50U);
  for (std::string rule :
       found_in(text_of("sync/schema/schema.toml"), std::regex(R"(\[collection\.\w+\.rule\.([a-z_]+)\])"))) {
    std::ranges::replace(rule, '_', '-');
    wanted.insert(rule);
  }
  auto there = names_in("page/refusals_de.ts");
  there.merge(names_in("centre/words/refusals_de.ts"));
  EXPECT_EQ(missing(wanted, there), std::set<std::string>());
}

TEST(GermanTest, WhatPeopleDidIsThere) {
  const auto acts = found_in(text_of("agent/api/actions/what.cpp"), std::regex(R"re(\n      \{"([a-z-]+)", ")re"));
  ASSERT_GT(acts.size(), 10U);
  EXPECT_EQ(missing(acts, names_in("page/refusals_de.ts")), std::set<std::string>());
}

}  // namespace
}  // namespace holdline::tree
