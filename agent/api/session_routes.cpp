// Signing in and out, synchronising now, and the proof that both sides hold the same.

#include <map>

#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "platform/text/json_object.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

void sign_in(Workstation& station, Call call) {
  auto json = platform::JsonObject::parse(call.request.body);
  std::string name = json.text("person"), password = json.text("password");
  if (auto read = json.checked(); !read) return call.respond(platform::error_response(read.error()));
  // On the reading thread: unwrapping the key is meant to be slow.
  station.read([&station, uid = call.request.peer.uid, name = std::move(name), password = std::move(password),
                respond = std::move(call.respond)](View&) {
    const auto session = station.sign_in(uid, name, password);
    if (!session) {
      const bool wrong = session.error().code == "wrong-password";
      return respond(wrong ? platform::error_response(401, "wrong-password", session.error().message)
                           : platform::error_response(session.error()));
    }
    const Account& person = session->person;
    respond(json_response(200, {{"person", {{"id", person.id.text()}, {"name", person.name}, {"role", person.role}}}}));
  });
}

void sign_out(Workstation& station, Call call) {
  station.accounts().sign_out(call.request.peer.uid);
  call.respond(json_response(200, Json::object()));
}

void sync_now(Workstation& station, Call call) {
  station.engine([respond = std::move(call.respond)](Engine& engine, Replica&) {
    engine.wake();
    respond(json_response(200, Json::object()));
  });
}

void verify(Workstation& station, Call call) {
  station.engine([&station, respond = std::move(call.respond)](Engine& engine, Replica& replica) {
    const auto rows = replica.check_rows();
    const auto& told = engine.ledger_digests();
    const sync::Cursor cursor = replica.position().cursor;
    std::map<sync::DigestKey, sync::Hash> ledger;
    if (told.at == cursor)
      for (const sync::DigestRoot& digest : told.roots) ledger[digest.key] = digest.root;
    bool all = rows.has_value();
    Json items = Json::array();
    for (const auto& [key, leaves] : replica.digests().all()) {
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
      {"POST", "/login", sign_in},
      {"POST", "/logout", sign_out},
      {"POST", "/sync", sync_now},
      {"GET", "/verify", verify},
  };
  return table;
}

}  // namespace holdline::agent
