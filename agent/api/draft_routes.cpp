// What people have begun to type and not saved: kept for the page they type it in, which alone reads it.

#include <charconv>

#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/drafts/drafts.hpp"
#include "platform/text/json_object.hpp"

namespace holdline::agent {

namespace {

// Versions are told as text, like all numbers of 64 bits.
void read_drafts(Workstation& station, Call call) {
  station.drafts([call](Result<Drafts*> drafts) {
    if (!drafts) return call.respond(platform::error_response(drafts.error()));
    const auto kept = (*drafts)->of(call.session->person.id);
    if (!kept) return call.respond(platform::error_response(kept.error()));
    call.respond(json_response(
        200, {{"schema", "holdline.drafts/1"}, {"version", std::to_string(kept->version)}, {"text", kept->text}}));
  });
}

void keep_drafts(Workstation& station, Call call) {
  auto json = platform::JsonObject::parse(call.request.body);
  const std::string text = json.text("text"), version = json.text("version", "0");
  std::int64_t instead_of = 0;
  const auto [end, wrong] = std::from_chars(version.data(), version.data() + version.size(), instead_of);
  if (auto read = json.checked_whole(); !read) return call.respond(platform::error_response(read.error()));
  if (wrong != std::errc{} || end != version.data() + version.size())
    return call.respond(platform::error_response(400, "malformed", "`version` is what the drafts were read with."));
  station.drafts([call, text, instead_of](Result<Drafts*> drafts) {
    if (!drafts) return call.respond(platform::error_response(drafts.error()));
    const auto kept = (*drafts)->keep(call.session->person.id, text, instead_of);
    if (kept)
      return call.respond(
          json_response(200, {{"schema", "holdline.drafts-kept/1"}, {"version", std::to_string(*kept)}}));
    const Error& error = kept.error();
    call.respond(error.code == "changed-meanwhile" ? platform::error_response(409, error.code, error.message)
                                                   : platform::error_response(error));
  });
}

}  // namespace

std::span<const Route> draft_routes() {
  static constexpr Route table[] = {{"GET", "/drafts", read_drafts}, {"PUT", "/drafts", keep_drafts}};
  return table;
}

}  // namespace holdline::agent
