// Short codes: made for a supervisor to read out, and typed where no network reaches.
#include <algorithm>
#include <variant>

#include <nlohmann/json.hpp>

#include "agent/api/contingency/deciding.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/save.hpp"
#include "agent/contingency/short_codes.hpp"
#include "contingency/code/alphabet.hpp"
#include "contingency/incident/name.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

platform::HttpResponse no_site_key() {
  return platform::error_response(503, "no-site-key",
                                  "The hub has not told this PC the key of short codes yet. A supervisor can declare "
                                  "at this desk instead.");
}

void make_code_to_read_out(Workstation& station, Call call) {
  auto json = platform::JsonObject::parse(call.request.body);
  const std::string scope = json.text("scope", station.default_scope(call.rights()));
  const bool drill = json.boolean("drill", false);
  if (auto whole = json.checked_whole(); !whole) return call.respond(platform::error_response(whole.error()));
  if (role_of(call) == contingency::Who{})
    return call.respond(platform::error_response(403, "role-refused", "Codes are for supervisors and IT to give out."));
  if (!sync::is_within(scope, call.rights().scopes) || !sync::is_within(scope, station.grant().scopes))
    return call.respond(platform::error_response(403, "scope-refused", "This scope is not yours at this workstation."));
  const std::string key = station.accounts().site_key();
  if (key.empty()) return call.respond(no_site_key());
  const std::int64_t now_ms = corrected_now_ms(station);
  // Of an outage that is declared already the code is that of its incident.
  const auto there = station.contingency().in_force_on(scope);
  auto own = there && there->declared.drill == drill ? short_code_of(key, *there, now_ms) : std::nullopt;
  if (own && own->meaning.scope != scope) own.reset();
  Result<ShortCode> code = own ? Result<ShortCode>(*std::move(own))
                               : make_short_code(key, scope, drill, *station.contingency().incidents(), now_ms);
  if (!code) return call.respond(refused_response(code.error()));
  call.respond(json_response(200, {{"schema", "holdline.code/1"},
                                   {"code", contingency::shown_code(code->code)},
                                   {"spoken", contingency::spelled(code->code)},
                                   {"scope", scope},
                                   {"drill", drill},
                                   {"incident", contingency::incident_name(code->meaning.incident())},
                                   {"until", sync::format_time(code->until_ms)}}));
}

// The scopes of this workstation in which the person may work.
std::vector<std::string> scopes_of_code(const Workstation& station, const Call& call) {
  std::vector<std::string> scopes = station.grant().scopes;
  std::erase_if(scopes, [&](const std::string& scope) { return !sync::is_within(scope, call.rights().scopes); });
  return scopes;
}

void take_code(Workstation& station, const Call& call, const std::string& typed) {
  auto entered =
      station.enter_code(typed, call.session->person.name, scopes_of_code(station, call), corrected_now_ms(station));
  if (!entered) return refuse_unless_saved(station, call, platform::error_response(entered.error()));
  if (const auto* refused = std::get_if<contingency::action::CodeRefused>(&*entered)) {
    auto response = refused->error.kind == ErrorKind::retry_later
                        ? platform::error_response(429, refused->error.code, refused->error.message)
                        : refused_response(refused->error);
    if (refused->wait_ms > 0)
      response.headers.emplace_back("Retry-After", std::to_string((refused->wait_ms + 999) / 1'000));
    return refuse_unless_saved(station, call, response);
  }
  if (std::holds_alternative<contingency::action::CodeRepeats>(*entered))
    return refuse_unless_saved(station, call,
                               platform::error_response(409, "in-force-already",
                                                        "The incident of this code is in force here already. Nothing "
                                                        "is left to do."));
  const auto& declared = std::get<contingency::action::CodeDeclares>(*entered).incident;
  SaidAt said = said_here(station);
  said.code = contingency::tidy_code(typed).value_or(std::string());
  save(station, call, ops_of_declaration(station.schema(), declared, 0, said), {});
}

void enter_code(Workstation& station, Call call) {
  if (auto refusal = refuse_without_incidents(station)) return call.respond(*std::move(refusal));
  auto json = platform::JsonObject::parse(call.request.body);
  const std::string typed = json.text("code");
  if (auto whole = json.checked_whole(); !whole) return call.respond(platform::error_response(whole.error()));
  if (station.accounts().site_key().empty()) return refuse_unless_saved(station, call, no_site_key());
  // What was tried is written down first, which waits for the disk.
  station.aside(
      [&station, answered = answered_in_force(station, call), typed] { take_code(station, answered, typed); });
}

}  // namespace

std::span<const Route> code_routes() {
  static constexpr Route table[] = {
      {"POST", "/contingency/codes", make_code_to_read_out},
      {"POST", "/contingency/codes/enter", enter_code},
  };
  return table;
}

}  // namespace holdline::agent
