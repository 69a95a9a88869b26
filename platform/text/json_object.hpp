// A JSON object from outside, read member by member. Wrong types never throw: the first of them is remembered, and
// checked() tells it, so that a reader can take all members first and ask once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "sync/base/result.hpp"

namespace holdline::platform {

// A whole number that 64 bits with a sign hold; a larger one would come back negative.
std::optional<std::int64_t> whole_number(const nlohmann::json& json);

class JsonObject {
 public:
  // Anything but one JSON object counts as an empty object with a mistake. What nests deeper than 32 levels, and a
  // member that is there twice in one object, is a mistake too.
  static JsonObject parse(std::string_view text);
  // A part of another document.
  explicit JsonObject(nlohmann::json json);

  // All of it, for whoever takes any member.
  const nlohmann::json& whole() const { return json_; }
  // There and not null.
  bool has(std::string_view name) const { return find(name) != nullptr; }
  // A member that is missing or null is `otherwise`; so is one of another type, which is a mistake.
  std::string text(std::string_view name, std::string otherwise = {});
  std::int64_t number(std::string_view name, std::int64_t otherwise);
  bool boolean(std::string_view name, bool otherwise);
  std::vector<std::string> texts(std::string_view name);
  // Empty when missing or null.
  nlohmann::json object(std::string_view name);
  std::vector<nlohmann::json> list(std::string_view name);

  // ask_person "malformed": names the first member of a wrong type, without its value.
  Result<void> checked() const;
  // The same for a request, all of whose members were asked for by now: another one is a mistake, because whoever wrote
  // it means something by it. Names it and the nearest one that is known.
  Result<void> checked_whole() const;

 private:
  const nlohmann::json* find(std::string_view name) const;
  void mistake(std::string_view name, std::string_view wanted);

  nlohmann::json json_;
  mutable std::vector<std::string> asked_;  // every name that a reader wanted
  std::optional<std::string> mistake_;
};

}  // namespace holdline::platform
