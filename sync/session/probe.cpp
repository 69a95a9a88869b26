#include "sync/session/probe.hpp"

#include <nlohmann/json.hpp>

#include "sync/wire/message.hpp"

namespace holdline::sync {

namespace {

constexpr std::size_t most_probe_bytes = 1'024;  // and so of what it can nest

nlohmann::json parse_probe(std::string_view text) {
  return text.size() > most_probe_bytes ? nlohmann::json() : nlohmann::json::parse(text, nullptr, false);
}

// False when it is missing; `well` becomes false when it is something else.
bool flag_of(const nlohmann::json& json, const char* name, bool& well) {
  const auto found = json.find(name);
  if (found == json.end()) return false;
  well = well && found->is_boolean();
  return well && found->get<bool>();
}

}  // namespace

std::string encode_json(const Probe& m) { return nlohmann::json{{"write", m.write}}.dump(); }
Result<Probe> decode_probe(std::string_view text) {
  const auto json = parse_probe(text);
  bool well = json.is_object();
  const Probe m{well && flag_of(json, "write", well)};
  if (!well) return malformed_message();
  return m;
}

std::string encode_json(const Probed& m) {
  return nlohmann::json{{"written", m.written}, {"hub_wall_ms", m.hub_wall_ms}}.dump();
}
Result<Probed> decode_probed(std::string_view text) {
  const auto json = parse_probe(text);
  bool well = json.is_object() && json.contains("hub_wall_ms") && json["hub_wall_ms"].is_number_integer();
  const Probed m{well && flag_of(json, "written", well), well ? json["hub_wall_ms"].get<std::int64_t>() : 0};
  if (!well) return malformed_message();
  return m;
}

}  // namespace holdline::sync
