#include "cli/document.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

namespace holdline::cli {

using nlohmann::json;

const json& member(const json& object, std::string_view name) {
  static const json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

const json& list_of(const json& object, std::string_view name) {
  static const json empty = json::array();
  const json& list = member(object, name);
  return list.is_array() ? list : empty;
}

std::string shown(const json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) return joined(value);
  if (value.contains("tag")) return text_of(value, "text");  // of a set
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string joined(const json& list) {
  std::string result;
  for (const json& item : list) result += (result.empty() ? "" : ", ") + shown(item);
  return result;
}

bool is_set(const json& object, std::string_view name) { return member(object, name) == true; }

bool is_counted(const json& object, std::string_view name) {
  const std::string count = text_of(object, name);
  return !count.empty() && count != "0";
}

std::string words_for_state(const std::string& state) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> words = {
      {{"saved", "saved on this PC"},
       {"held", "held at the hub"},
       {"conflict", "held at the hub, in conflict"},
       {"needs-attention", "needs attention"},
       {"waiting", "waits at the hub"},
       {"decided", "refused, a decision is on its way"},
       {"replaced", "corrected and sent again"},
       {"given-up", "given up"},
       {"reissued", "went again under another number"}}};
  const auto found = std::ranges::find(words, state, &std::pair<std::string_view, std::string_view>::first);
  return found == words.end() ? state : std::string(found->second);
}

}  // namespace holdline::cli
