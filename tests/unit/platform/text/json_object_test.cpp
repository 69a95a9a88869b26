#include "platform/text/json_object.hpp"

#include <gtest/gtest.h>

namespace holdline::platform {
namespace {

std::string code_of(const JsonObject& json) {
  const auto checked = json.checked();
  return checked ? "" : checked.error().code;
}

TEST(JsonObject, TellsItsMembersAndDefaultsForWhatIsMissingOrNull) {
  auto json = JsonObject::parse(R"({"name":"ada","minutes":15,"scopes":["a","b"],"note":null,"fields":{"x":1}})");
  EXPECT_EQ(json.text("name"), "ada");
  EXPECT_EQ(json.number("minutes", 1), 15);
  EXPECT_EQ(json.texts("scopes"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(json.text("note", "none"), "none");
  EXPECT_EQ(json.text("role", "agent"), "agent");
  EXPECT_EQ(json.object("fields").size(), 1u);
  EXPECT_TRUE(json.list("absent").empty());
  EXPECT_TRUE(json.checked());
}

TEST(JsonObject, NamesTheFirstMemberOfAWrongTypeWithoutItsValue) {
  auto json = JsonObject::parse(R"({"minutes":"secret","name":7})");
  EXPECT_EQ(json.number("minutes", 3), 3);
  EXPECT_EQ(json.text("name"), "");
  ASSERT_FALSE(json.checked());
  EXPECT_EQ(json.checked().error().code, "malformed");
  EXPECT_EQ(json.checked().error().message, "`minutes` must be a whole number.");
}

TEST(JsonObject, RefusesAWrongTypeWhateverWasAskedFor) {
  const std::string text = R"({"text":{},"number":1.5,"texts":["a",1],"object":[],"list":{}})";
  auto ask = [&](auto read) {
    auto json = JsonObject::parse(text);
    read(json);
    return code_of(json);
  };
  EXPECT_EQ(ask([](JsonObject& json) { json.text("text"); }), "malformed");
  EXPECT_EQ(ask([](JsonObject& json) { json.number("number", 0); }), "malformed");
  EXPECT_EQ(ask([](JsonObject& json) { json.texts("texts"); }), "malformed");
  EXPECT_EQ(ask([](JsonObject& json) { json.object("object"); }), "malformed");
  EXPECT_EQ(ask([](JsonObject& json) { json.list("list"); }), "malformed");
}

TEST(JsonObject, RefusesWhatIsNotOneObject) {
  for (const char* text : {"", "[]", "7", "{", "{} {}", R"({"a":1e400})", "{\"a\":\"\xff\"}"})
    EXPECT_EQ(code_of(JsonObject::parse(text)), "malformed") << text;
}

TEST(JsonObject, RefusesDeepNestingAndMembersThatAreThereTwice) {
  const std::string deep = "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_EQ(code_of(JsonObject::parse(deep)), "malformed");
  EXPECT_EQ(code_of(JsonObject::parse(R"({"a":1,"a":2})")), "malformed");
  EXPECT_EQ(code_of(JsonObject::parse(R"({"a":{"b":1,"b":2}})")), "malformed");
  EXPECT_EQ(code_of(JsonObject::parse(R"({"a":{"b":1},"c":{"b":2}})")), "");
}

}  // namespace
}  // namespace holdline::platform
