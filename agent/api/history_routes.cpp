// Who changed a record, when, where and from which value. The hub keeps that; it is asked for when somebody wants it.
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

platform::HttpResponse history_response(const sync::Id& id, std::string_view answer) {
  auto told = platform::JsonObject::parse(answer);
  Json items = Json::array();
  for (Json& item : told.list("items")) {
    if (item.is_object() && item.contains("at") && item["at"].is_number_integer())
      item["at"] = sync::format_time(item["at"].get<std::int64_t>());
    items.push_back(std::move(item));
  }
  const bool complete = told.boolean("complete", false);
  if (!told.checked())
    return platform::error_response(503, "malformed-answer", "The hub's answer cannot be read. Try again.");
  return json_response(200,
                       {{"schema", "holdline.history/1"}, {"id", id.text()}, {"items", items}, {"complete", complete}});
}

}  // namespace

// What the person may not read of the record itself is not told of its past either.
void show_history(Workstation& station, Call call, std::string_view collection_name, std::string_view id_text) {
  const auto id = sync::Id::parse(id_text);
  if (!id) return call.respond(unknown_record("record"));
  const sync::Collection& collection = *station.schema().collection(collection_name);
  read(station, call, [&station, &collection, id = *id, respond = call.respond](PersonView& view) {
    const auto found = view.find({collection.no, id});
    if (!found) return respond(platform::error_response(found.error()));
    if (!found->shown) return respond(unknown_record("record"));
    station.ask_hub(sync::path::history, Json{{"collection", collection.name}, {"record", id.text()}}.dump(),
                    [id, respond](const Result<std::string>& answer) {
                      if (!answer && answer.error().code == "unknown-record")
                        return respond(platform::error_response(404, "not-at-hub-yet",
                                                                "The hub does not have this record yet: its history "
                                                                "begins when it arrives there."));
                      respond(answer ? history_response(id, *answer) : platform::error_response(answer.error()));
                    });
  });
}

}  // namespace holdline::agent
