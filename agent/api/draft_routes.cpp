// What people have begun to type and not saved: kept for the page they type it in, which alone reads it.

#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/drafts/drafts.hpp"
#include "platform/text/json_object.hpp"

namespace holdline::agent {

namespace {

void read_drafts(Workstation& station, Call call) {
  station.drafts([call](Result<Drafts*> drafts) {
    auto text = drafts ? (*drafts)->of(call.session->person.id) : Result<std::string>(fail(std::move(drafts)));
    if (!text) return call.respond(platform::error_response(text.error()));
    call.respond(json_response(200, {{"schema", "holdline.drafts/1"}, {"text", *text}}));
  });
}

void keep_drafts(Workstation& station, Call call) {
  auto json = platform::JsonObject::parse(call.request.body);
  const std::string text = json.text("text");
  if (auto read = json.checked_whole(); !read) return call.respond(platform::error_response(read.error()));
  station.drafts([call, text](Result<Drafts*> drafts) {
    auto kept = drafts ? (*drafts)->keep(call.session->person.id, text) : Result<void>(fail(std::move(drafts)));
    call.respond(kept ? json_response(200, nlohmann::json::object()) : platform::error_response(kept.error()));
  });
}

}  // namespace

std::span<const Route> draft_routes() {
  static constexpr Route table[] = {{"GET", "/drafts", read_drafts}, {"PUT", "/drafts", keep_drafts}};
  return table;
}

}  // namespace holdline::agent
