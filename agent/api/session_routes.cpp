// Signing in and out, synchronising now, and the proof that both sides hold the same.

#include <map>

#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "platform/text/json_object.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

int status_of(const Error& error) {
  if (error.code == "wrong-password") return 401;
  if (error.code == "person-disabled" || error.code == "device-revoked") return 403;
  if (error.code == "somebody-signed-in") return 409;
  return error.code == "too-many-attempts" ? 429 : platform::error_response(error).status;
}

void sign_in(Workstation& station, Call call) {
  auto json = platform::JsonObject::parse(call.request.body);
  SignInRequest request{login_of(call.request.peer),
                        json.text("person"),
                        json.text("password"),
                        std::string(token_of(call.request)),
                        json.boolean("take_over", false),
                        call.request.peer.origin};
  if (auto read = json.checked_whole(); !read) return call.respond(platform::error_response(read.error()));
  station.sign_in(std::move(request), [respond = std::move(call.respond)](SignInAnswer answer) {
    if (!answer.session) {
      const Error& error = answer.session.error();
      auto refused = platform::error_response(status_of(error), error.code, error.message);
      if (answer.retry_after_ms > 0)
        refused.headers.emplace_back("Retry-After", std::to_string((answer.retry_after_ms + 999) / 1'000));
      return respond(std::move(refused));
    }
    const Account& person = answer.session->person;
    respond(json_response(
        200, {{"schema", "holdline.session/1"},
              {"person",
               {{"id", person.id.text()}, {"name", person.name}, {"role", person.role}, {"scopes", person.scopes}}},
              {"token", answer.token},
              {"for_reading", answer.session->assertion == 0}}));
  });
}

void sign_out(Workstation& station, Call call) {
  station.sessions().end(login_of(call.request.peer), token_of(call.request));
  call.respond(json_response(200, Json::object()));
}

void sync_now(Workstation& station, Call call) {
  station.engine([](Engine& engine, Replica&) { engine.wake(); });
  call.respond(json_response(200, Json::object()));
}

void verify(Workstation& station, Call call) {
  station.engine([&station, who = call.rights(), respond = std::move(call.respond)](Engine& engine, Replica& replica) {
    const auto rows = replica.check_rows();
    const auto& told = engine.ledger_digests();
    const sync::Cursor cursor = replica.position().cursor;
    std::map<sync::DigestKey, sync::Hash> ledger;
    if (told.at == cursor)
      for (const sync::DigestRoot& digest : told.roots) ledger[digest.key] = digest.root;
    bool all = rows.has_value();
    Json items = Json::array();
    for (const auto& [key, leaves] : replica.digests().all()) {
      if (!sync::is_within(key.scope, who.scopes)) continue;
      const std::string own = sync::to_hex(sync::root_of(leaves).view());
      const auto theirs = ledger.find(key);
      const bool known = theirs != ledger.end();
      const bool equal = known && sync::to_hex(theirs->second.view()) == own;
      all = all && equal;
      const sync::Collection* collection = station.schema().collection(key.collection);
      items.push_back({{"scope", key.scope},
                       {"collection", collection ? collection->name : ""},
                       {"group", key.group},
                       {"replica", own},
                       {"ledger", known ? Json(sync::to_hex(theirs->second.view())) : Json()},
                       {"recomputed", rows ? Json(own) : Json()},
                       {"equal", known ? Json(equal && rows.has_value()) : Json()}});
    }
    Json json{{"schema", "holdline.verify/1"}, {"equal", all}, {"cn", std::to_string(cursor.cn)}, {"digests", items}};
    if (!rows) json["damage"] = rows.error().message;
    respond(json_response(200, json));
    if (!rows && rows.error().code == "replica-damaged") engine.replica_is_damaged();
  });
}

}  // namespace

std::span<const Route> session_routes() {
  static constexpr Route table[] = {
      {"POST", "/login", sign_in, Access::anybody},
      {"POST", "/logout", sign_out, Access::anybody},
      {"POST", "/sync", sync_now, Access::person_or_root},
      {"GET", "/verify", verify},
  };
  return table;
}

}  // namespace holdline::agent
