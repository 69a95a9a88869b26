// The documents of the local API that more than one route answers with.
// Internal to agent/api.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "agent/view/view.hpp"
#include "agent/workstation.hpp"
#include "platform/http/http.hpp"
#include "sync/action/validate.hpp"

namespace holdline::agent {

platform::HttpResponse json_response(int status, const nlohmann::json& json);
// 422 "asked" when the person has only to say that it is meant so, else "invalid".
platform::HttpResponse findings_response(const std::vector<sync::Finding>& findings);
// 404: "unknown-record" of the kind `what`.
platform::HttpResponse unknown_record(std::string_view what);

nlohmann::json refs_json(const std::vector<sync::ActionRef>& refs);
// Null before the first copy of the hub's data.
nlohmann::json as_of_json(const AsOf& as_of);
// holdline.record/1
nlohmann::json shown_json(const sync::Collection& collection, const Shown& shown, const AsOf& as_of);
// {"e164": "020 7946 0018"}: the record's telephone numbers as people of `region` write them; empty without any.
nlohmann::json display_json(const sync::Collection& collection, const sync::Record& record, std::string_view region);
// What people call the state of this workstation: the worse of its link and of the service of its scopes; recovering
// also while it has contact and is not level with the hub yet.
std::string mode_name(const Workstation& station);
// A text of the record by the name of its field; empty where it has none, or the collection has no such field.
std::string text_field(const sync::Collection& collection, const sync::Record& record, std::string_view name);
// "Ada Lovelace", "Lovelace Ltd", whatever there is.
std::string display_name(const sync::Collection& collection, const sync::Record& record);
// holdline.status/1 for whoever asks; null `station`: not enrolled.
nlohmann::json status_json(Workstation* station, const platform::HttpRequest& request);
// Who is signed in where the request comes from; null: nobody.
nlohmann::json person_json(Workstation& station, const platform::HttpRequest& request);

const char* verdict_of(const sync::ActionResult& result);
// Where an action stands, by its latest result.
std::string state_of(const std::optional<sync::ActionResult>& result);

}  // namespace holdline::agent
