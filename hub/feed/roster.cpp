#include "hub/feed/roster.hpp"

#include <nlohmann/json.hpp>

#include "hub/people/people.hpp"
#include "platform/text/json_object.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

constexpr std::size_t max_known = 100'000, max_claims_at_once = 100;

// Who is disabled has no key to sign in with, but what they did goes on carrying their name.
Json person_json(const Person& person) {
  const bool active = person.state == PersonState::active;
  Json json{{"id", person.id.text()},
            {"name", person.name},
            {"role", person.role},
            {"scopes", person.scopes},
            {"state", active ? "active" : "disabled"},
            {"public_key", sync::to_hex(person.public_key)}};
  if (active) json["wrapped"] = sync::to_hex(person.wrapped);
  return json;
}

Result<Person> claimed(Json json) {
  platform::JsonObject object(std::move(json));
  Person person;
  const auto id = Id::parse(object.text("id"));
  person.name = object.text("name");
  person.role = object.text("role");
  person.scopes = object.texts("scopes");
  const std::string public_key = object.text("public_key"), wrapped = object.text("wrapped");
  HOLDLINE_TRY(object.checked());
  if (!id || !sync::from_hex(public_key, person.public_key) || !sync::from_hex(wrapped, person.wrapped))
    return sync::malformed_message();
  person.id = *id;
  HOLDLINE_TRY(check_claim(person));
  return person;
}

Result<void> keep_claims(Ledger& ledger, const Device& device, std::vector<Json> claims, std::int64_t now_ms) {
  if (claims.size() > max_claims_at_once) return sync::malformed_message();
  for (Json& claim : claims) {
    HOLDLINE_ASSIGN(Person person, claimed(std::move(claim)));
    HOLDLINE_ASSIGN(const auto known, ledger.person(person.id));
    if (!known) HOLDLINE_TRY(ledger.add_claim({std::move(person), device.id, now_ms}));
  }
  return {};
}

// Told once, and no part of the mark: asking again brings another block.
Result<std::string> block_for(Ledger& ledger, const Device& device, Json asked, std::int64_t now_ms) {
  platform::JsonObject object(std::move(asked));
  const auto incarnation = Id::parse(object.text("incarnation"));
  if (!incarnation || !object.checked()) return sync::malformed_message();
  HOLDLINE_ASSIGN(const auto block, ledger.reference_block(device.id, *incarnation, now_ms));
  if (!block) return std::string();
  return R"(,"references":)" + Json{{"first", block->first}, {"count", block->count}}.dump();
}

}  // namespace

Result<const Roster::People*> Roster::people_of(const std::vector<std::string>& scopes) {
  // Before asking: what changes meanwhile is asked again.
  if (const std::uint64_t now = ledger_.directory_version(); now != version_) {
    version_ = now;
    people_.clear();
    marks_.clear();
  }
  auto found = people_.find(scopes);
  if (found == people_.end()) {
    HOLDLINE_ASSIGN(const auto people, ledger_.people(scopes));
    People told;
    Json list = Json::array();
    for (const Person& person : people) {
      list.push_back(person_json(person));
      told.ids.insert(person.id);
    }
    told.json = list.dump();
    told.hash = sync::sha256(told.json);
    found = people_.emplace(scopes, std::move(told)).first;
  }
  return &found->second;
}

std::string Roster::rest_of(const Device& device) const {
  const Json own{
      {"name", device.name}, {"scopes", device.scopes}, {"profile", device.profile}, {"grants", device.grants}};
  return R"("device":)" + own.dump(-1, ' ', false, Json::error_handler_t::replace) + R"(,"sign_in_hours":)" +
         std::to_string(sign_in_hours_) + R"(,"region":)" + Json(region_).dump() + R"(,"suppression_key":")" +
         sync::to_hex(suppression_key_) + R"(","site_key":")" + sync::to_hex(site_key_) + "\"";
}

Result<std::uint64_t> Roster::mark(const Device& device) {
  HOLDLINE_ASSIGN(const People* people, people_of(device.scopes));
  if (const auto known = marks_.find(device.id); known != marks_.end() && known->second.first == device.grants)
    return known->second.second;
  const sync::Hash hash = sync::sha256({people->hash.view(), rest_of(device)});
  std::uint64_t mark = 0;
  for (std::size_t i = 0; i < sizeof mark; ++i) mark = mark << 8 | hash.bytes[i];
  if (mark == 0) mark = 1;
  marks_[device.id] = {device.grants, mark};
  return mark;
}

Result<std::string> take_asked(Ledger& ledger, const Device& device, std::string_view body, std::int64_t now_ms) {
  if (body.empty()) return std::string();
  auto asked = platform::JsonObject::parse(body);
  auto claims = asked.list("claims");
  if (!asked.checked()) return sync::malformed_message();
  HOLDLINE_TRY(keep_claims(ledger, device, std::move(claims), now_ms));
  if (!asked.has("references")) return std::string();
  return block_for(ledger, device, asked.object("references"), now_ms);
}

Result<std::string> Roster::answer(const Device& device, std::string_view body, std::string_view taken) {
  Json unknown = Json::array();
  if (!body.empty()) {
    auto asked = platform::JsonObject::parse(body);
    const auto known = asked.texts("known");
    if (!asked.checked() || known.size() > max_known) return sync::malformed_message();
    HOLDLINE_ASSIGN(const People* here, people_of(device.scopes));
    for (const std::string& text : known) {
      const auto id = Id::parse(text);
      if (!id) return sync::malformed_message();
      if (here->ids.contains(*id)) continue;
      HOLDLINE_ASSIGN(const auto elsewhere, ledger_.person(*id));
      if (!elsewhere) unknown.push_back(text);
    }
  }
  HOLDLINE_ASSIGN(const std::uint64_t mark, this->mark(device));
  HOLDLINE_ASSIGN(const People* people, people_of(device.scopes));
  return R"({"people":)" + people->json + "," + rest_of(device) + R"(,"unknown":)" + unknown.dump() +
         std::string(taken) + R"(,"roster":")" + std::to_string(mark) + "\"}";
}

}  // namespace holdline::hub
