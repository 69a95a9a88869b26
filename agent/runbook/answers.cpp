#include "agent/runbook/answers.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "sync/action/validate.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

constexpr int deepest = 16;

// Discarded when it is no JSON or nests too deep.
Json parsed(std::string_view text) {
  bool deep = false;
  Json json = Json::parse(
      text.begin(), text.end(),
      [&](int depth, Json::parse_event_t, Json&) { return !(deep = deep || depth > deepest); }, false);
  return deep ? Json(Json::value_t::discarded) : json;
}

std::string as_text(const Json& json) {
  return json.is_string() ? json.get<std::string>() : json.is_structured() ? std::string() : json.dump();
}

}  // namespace

std::string kept_output(std::string_view answer) {
  std::string out;
  for (std::size_t at = 0; at < answer.size() && out.size() < kept_output_bytes; ++at) {
    const auto c = static_cast<unsigned char>(answer[at]);
    if (c >= ' ' || c == '\n') out += static_cast<char>(c == 0x7f ? ' ' : c);
  }
  // A character that was cut in two, or never was one.
  while (!out.empty() && !sync::is_utf8(out)) {
    const auto bad = std::find_if(out.rbegin(), out.rend(), [](char c) { return (c & 0x80) != 0; });
    if (bad == out.rend()) break;
    out.erase(std::next(bad).base());
  }
  if (sync::holds_card_number(out))
    std::ranges::replace_if(
        out, [](char c) { return c >= '0' && c <= '9'; }, '#');
  return out;
}

std::string rpc_body(const std::string& method, const std::vector<std::string>& params) {
  return Json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}}.dump(
      -1, ' ', true, Json::error_handler_t::replace);
}

RpcAnswer read_rpc(std::string_view body) {
  const Json json = parsed(body);
  if (!json.is_object()) return {false, "what came is no answer of JSON-RPC"};
  if (const auto error = json.find("error"); error != json.end() && !error->is_null()) {
    const std::string text = error->is_object() ? error->value("message", Json("")).dump() : error->dump();
    return {false, text};
  }
  if (!json.contains("result")) return {false, "the answer has no result"};
  return {true, std::string(body)};
}

std::optional<bool> holds(const contingency::ReadBack& check, int status, std::string_view body) {
  const Json json = parsed(body);
  if (!json.is_object()) return std::nullopt;
  const bool absent = check.expects.empty();
  // Kamailio answers 500 or 404 for a key that is not there.
  if (json.contains("error")) return status >= 400 ? std::optional(absent) : std::nullopt;
  const auto result = json.find("result");
  if (result == json.end()) return std::nullopt;
  try {
    const Json::json_pointer at(check.at);
    return result->contains(at) ? as_text(result->at(at)) == check.expects : absent;
  } catch (const Json::exception&) {
    return std::nullopt;  // no pointer
  }
}

bool is_protected(std::string_view url) {
  if (url.starts_with("https://")) return true;
  constexpr std::string_view plain = "http://";
  if (!url.starts_with(plain)) return false;
  const std::string_view rest = url.substr(plain.size());
  const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  if (host.find('@') != host.npos) return false;
  const std::string_view name =
      host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

}  // namespace holdline::agent
