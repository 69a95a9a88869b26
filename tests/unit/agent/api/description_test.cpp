// The description of the local API against the tables that route it. What the answers look like is compared where real
// daemons answer (tests/browser/api_test.mjs).
#include "agent/api/description/description.hpp"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agent/api/route.hpp"

namespace holdline::agent {
namespace {

using Json = nlohmann::json;

// Its operations by "GET /customers/{id}".
std::map<std::string, Json> described() {
  std::map<std::string, Json> operations;
  const Json paths = Json::parse(api_description()).at("paths");
  for (const auto& [path, item] : paths.items())
    for (const auto& [member, operation] : item.items()) {
      if (member == "parameters") continue;
      std::string method = member;
      for (char& c : method) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      operations.emplace(method + " " + path, operation);
    }
  return operations;
}

TEST(Description, HasEveryRouteOfTheTablesAndNoOther) {
  std::set<std::string> routed, told;
  for (const Route& route : all_routes())
    EXPECT_TRUE(routed.insert(std::string(route.method) + " " + std::string(route.path)).second) << route.path;
  for (const auto& [name, operation] : described()) told.insert(name);
  EXPECT_EQ(routed, told);
}

TEST(Description, NamesEachOperationOnce) {
  std::set<std::string> ids;
  for (const auto& [name, operation] : described()) EXPECT_TRUE(ids.insert(operation.at("operationId")).second) << name;
}

TEST(Description, SaysOfEveryRouteWhetherSomebodyHasToBeSignedIn) {
  const auto operations = described();
  for (const Route& route : all_routes()) {
    const std::string name = std::string(route.method) + " " + std::string(route.path);
    const auto found = operations.find(name);
    if (found == operations.end()) continue;  // told by the test above
    const bool anybody = found->second.contains("security") && found->second.at("security").empty();
    EXPECT_EQ(anybody, route.access == Access::anybody || route.access == Access::root) << name;
  }
}

}  // namespace
}  // namespace holdline::agent
