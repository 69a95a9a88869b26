#include "platform/text/json_object.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "platform/config/units.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::platform {

namespace {

using Json = nlohmann::json;

constexpr int deepest = 32;

// Stops at what the parser itself lets through. Deep nesting would otherwise cost memory, and of two members of one
// name two readers may take different ones.
class Guard {
 public:
  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    switch (event) {
      case Json::parse_event_t::object_start:
        names_.emplace_back();
        break;
      case Json::parse_event_t::object_end:
        names_.pop_back();
        break;
      case Json::parse_event_t::key:
        twice_ = twice_ || !names_.back().insert(parsed.get<std::string>()).second;
        break;
      default:
        break;
    }
    deep_ = deep_ || depth > deepest;
    return !deep_;
  }
  bool passed() const { return !deep_ && !twice_; }

 private:
  std::vector<std::set<std::string>> names_;
  bool deep_ = false, twice_ = false;
};

}  // namespace

std::optional<std::int64_t> whole_number(const Json& json) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!json.is_number_integer() || (json.is_number_unsigned() && json.get<std::uint64_t>() > most)) return std::nullopt;
  return json.get<std::int64_t>();
}

JsonObject JsonObject::parse(std::string_view text) {
  Guard guard;
  Json json = Json::parse(
      text, [&guard](int depth, Json::parse_event_t event, Json& parsed) { return guard(depth, event, parsed); },
      false);
  const bool good = json.is_object() && guard.passed();
  JsonObject object(good ? std::move(json) : Json::object());
  if (!good) object.mistake_ = "One JSON object is expected, nested at most 32 levels deep, each member once.";
  return object;
}

JsonObject::JsonObject(Json json) : json_(std::move(json)) {
  if (json_.is_object()) return;
  json_ = Json::object();
  mistake_ = "A JSON object is expected.";
}

const Json* JsonObject::find(std::string_view name) const {
  asked_.emplace_back(name);
  const auto found = json_.find(name);
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

void JsonObject::mistake(std::string_view name, std::string_view wanted) {
  if (!mistake_) mistake_ = "`" + std::string(name) + "` must be " + std::string(wanted) + ".";
}

std::string JsonObject::text(std::string_view name, std::string otherwise) {
  const Json* member = find(name);
  if (member && member->is_string()) return member->get<std::string>();
  if (member) mistake(name, "a text");
  return otherwise;
}

std::int64_t JsonObject::number(std::string_view name, std::int64_t otherwise) {
  const Json* member = find(name);
  if (const auto whole = member ? whole_number(*member) : std::nullopt) return *whole;
  if (member) mistake(name, "a whole number");
  return otherwise;
}

bool JsonObject::boolean(std::string_view name, bool otherwise) {
  const Json* member = find(name);
  if (member && member->is_boolean()) return member->get<bool>();
  if (member) mistake(name, "true or false");
  return otherwise;
}

std::vector<std::string> JsonObject::texts(std::string_view name) {
  std::vector<std::string> texts;
  for (const Json& one : list(name)) {
    if (one.is_string())
      texts.push_back(one.get<std::string>());
    else
      mistake(name, "a list of texts");
  }
  return texts;
}

Json JsonObject::object(std::string_view name) {
  const Json* member = find(name);
  if (member && member->is_object()) return *member;
  if (member) mistake(name, "an object");
  return Json::object();
}

std::vector<Json> JsonObject::list(std::string_view name) {
  const Json* member = find(name);
  if (member && member->is_array()) return {member->begin(), member->end()};
  if (member) mistake(name, "a list");
  return {};
}

Result<void> JsonObject::checked() const {
  if (!mistake_) return {};
  return fail(ErrorKind::ask_person, "malformed", *mistake_);
}

Result<void> JsonObject::checked_whole() const {
  HOLDLINE_TRY(checked());
  for (const auto& [name, value] : json_.items()) {
    if (std::ranges::find(asked_, name) != asked_.end()) continue;
    // The name is not repeated when it is no plain word: it may be data in the wrong place.
    const bool word = name.size() <= 40 && sync::is_utf8(name) && !sync::has_control_character(name);
    const std::string_view meant = nearest(name, asked_);
    return fail(ErrorKind::ask_person, "malformed",
                (word ? "`" + name + "` is" : std::string("There is")) + " no member of this request" +
                    (meant.empty() ? "." : "; did you mean `" + std::string(meant) + "`?"));
  }
  return {};
}

}  // namespace holdline::platform
