// The worklist of entries on their way into the system in which they belong, and what people decide about each.
#include <algorithm>
#include <array>

#include "agent/api/checks/checks.hpp"
#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/posting/postings.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/save.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;
using contingency::Posting;
using contingency::PostingState;

constexpr std::size_t postings_looked_at = 20'000, postings_listed = 50, most_postings_listed = 200;

Posting posting_of(const sync::Collection& postings, const sync::Record& record) {
  return {contingency::posting_state_named(text_field(postings, record, "state")),
          text_field(postings, record, "person"), text_field(postings, record, "posted_as"),
          text_field(postings, record, "reason")};
}

Json posting_json(const PostingOf* of) {
  const Posting posting = of == nullptr ? Posting{} : of->posting;
  Json json{{"state", contingency::name_of(posting.state)},
            {"person", posting.person},
            {"posted_as", posting.posted_as},
            {"reason", posting.reason},
            {"pending", of != nullptr && !of->record.pending.empty()}};
  return json;
}

Json entry_json(const sync::Collection& entries, const Shown& shown, const PostingOf* of) {
  Json fields = to_json(entries, shown.record);
  return {{"entry", shown.record.key.id.text()},
          {"scope", shown.record.scope},
          {"reference", text_field(entries, shown.record, "reference")},
          {"fields", fields},
          {"posting", posting_json(of)}};
}

void list_postings(Workstation& station, Call call) {
  const auto given = call.request.query.find("state");
  const std::string wanted = given == call.request.query.end() ? "open" : given->second;
  constexpr std::array states{"open", "unposted", "claimed", "posted", "not_needed", "all"};
  if (std::ranges::find(states, wanted) == states.end())
    return call.respond(
        platform::error_response(400, "malformed", "`state` is open, unposted, claimed, posted, not_needed or all."));
  const std::size_t limit = limit_of(call.request.query, postings_listed, most_postings_listed);
  read(station, call, [&station, wanted, limit, respond = call.respond](PersonView& view) {
    const sync::Collection& entries = *station.schema().collection("manual_entry");
    const auto known = postings_here(station.schema(), view);
    if (!known) return respond(platform::error_response(known.error()));
    Json items = Json::array();
    std::map<std::string, std::size_t> counts{{"unposted", 0}, {"claimed", 0}, {"posted", 0}, {"not_needed", 0}};
    const auto look = [&](const Shown& shown) {
      if (!is_to_be_posted(entries, shown.record)) return true;
      const auto found = known->find(shown.record.key.id.text());
      const PostingOf* of = found == known->end() ? nullptr : &found->second;
      const PostingState state = of == nullptr ? PostingState::unposted : of->posting.state;
      ++counts[std::string(contingency::name_of(state))];
      const bool shows = wanted == "all" || wanted == contingency::name_of(state) ||
                         (wanted == "open" && !contingency::is_settled(state));
      if (shows && items.size() < limit) items.push_back(entry_json(entries, shown, of));
      return true;
    };
    const auto listed = each_shown(view, entries, postings_looked_at, look, sync::Reading::one);
    if (!listed) return respond(platform::error_response(listed.error()));
    respond(json_response(200, {{"schema", "holdline.postings/1"}, {"counts", counts}, {"items", items}}));
  });
}

// Why an entry is not posted yet, or not at all: null when nothing keeps it.
const char* kept_from_posting(const contingency::EntryNeeds& entry) {
  if (entry.waits_for(contingency::Need::approval)) return "A supervisor has to approve this entry first: see Checks.";
  if (entry.waits_for(contingency::Need::second_check))
    return "A second person has to compare this entry with its paper first: see Checks.";
  if (entry.approval && !entry.approved->good) return "A supervisor has refused this entry: it is not posted.";
  return nullptr;
}

// As one value, with all its parts: of two who decide without contact one is seen as a conflict.
sync::Op posting_op(const sync::Collection& postings, const Shown& entry, const PostingOf* of, const Posting& next,
                    std::int64_t now_ms) {
  const bool fresh = of == nullptr;
  sync::Op op{fresh ? sync::OpKind::create : sync::OpKind::edit,
              {postings.no, fresh ? created_here(0) : of->record.record.key.id},
              entry.record.scope,
              0,
              {},
              {}};
  const auto set = [&](std::string_view name, sync::Value value) {
    const sync::FieldIndex field = *postings.field(name);
    const sync::Value was = fresh ? sync::Value(sync::Null{}) : of->record.record.fields[field];
    if (const auto* text = std::get_if<std::string>(&value); text != nullptr && text->empty()) value = sync::Null{};
    op.changes.push_back({field, sync::make_base(was), std::move(value), {}, {}});
  };
  if (fresh) set("entry", entry.record.key.id.text());
  set("state", std::string(contingency::name_of(next.state)));
  set("person", next.person);
  set("at", now_ms);
  set("posted_as", next.posted_as);
  set("reason", next.reason);
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  return op;
}

platform::HttpResponse posting_refusal(const Error& error) {
  const bool not_now = error.code == "claimed-by-another" || error.code == "settled-already";
  return not_now ? platform::error_response(409, error.code, error.message) : platform::error_response(error);
}

void decide_on_posting(Workstation& station, Call call) {
  const auto id = sync::Id::parse(std::string_view(call.rest).substr(0, call.rest.find('/')));
  auto json = platform::JsonObject::parse(call.request.body);
  Posting wanted{contingency::posting_state_named(json.text("state")), call.session->person.name,
                 json.text("posted_as"), json.text("reason")};
  const bool named = json.text("state") == contingency::name_of(wanted.state);
  if (auto whole = json.checked_whole(); !whole) return call.respond(platform::error_response(whole.error()));
  if (!named)
    return call.respond(
        platform::error_response(400, "malformed", "`state` is unposted, claimed, posted or not_needed."));
  if (!id) return call.respond(unknown_record("entry"));
  const sync::Collection* postings = station.schema().collection("posting");
  if (postings == nullptr)
    return call.respond(platform::error_response(409, "no-postings",
                                                 "The forms of this centre are of a version without postings. Ask IT "
                                                 "to take the newer one: holdline-hub schema apply"));
  read(station, call, [&station, call, id = *id, postings, wanted](PersonView& view) {
    const sync::Collection& entries = *station.schema().collection("manual_entry");
    const auto entry = view.find({entries.no, id});
    const auto kept = view.find({postings->no, sync::child_id(*postings, {}, id.text())});
    if (!entry || !kept) return call.respond(platform::error_response(entry ? kept.error() : entry.error()));
    if (!entry->shown || entry->shown->record.deleted)
      return refuse_unless_saved(station, call, unknown_record("entry"));
    std::optional<PostingOf> of;
    if (kept->shown) of = PostingOf{posting_of(*postings, kept->shown->record), *kept->shown};
    if (const char* why = kept_from_posting(needs_of(entries, entry->shown->record));
        why && wanted.state != PostingState::unposted)
      return refuse_unless_saved(station, call, platform::error_response(409, "not-approved", why));
    const auto next =
        contingency::decide_posting(of ? of->posting : Posting{}, wanted, call.session->person.role == "supervisor");
    if (!next) return refuse_unless_saved(station, call, posting_refusal(next.error()));
    const std::int64_t now_ms = desk_of(station, call).now_ms;
    save(station, call, {posting_op(*postings, *entry->shown, of ? &*of : nullptr, *next, now_ms)}, {now_ms});
  });
}

}  // namespace

Result<std::map<std::string, PostingOf>> postings_here(const sync::Schema& schema, PersonView& view) {
  std::map<std::string, PostingOf> found;
  const sync::Collection* postings = schema.collection("posting");
  if (postings == nullptr) return found;
  HOLDLINE_TRY(each_shown(view, *postings, postings_looked_at, [&](const Shown& shown) {
    found.emplace(text_field(*postings, shown.record, "entry"), PostingOf{posting_of(*postings, shown.record), shown});
    return true;
  }));
  return found;
}

bool is_to_be_posted(const sync::Collection& entries, const sync::Record& entry) {
  const auto drill = entries.field("drill");
  const bool practised = drill && entry.fields[*drill] == sync::Value(true);
  return !text_field(entries, entry, "incident").empty() && !practised && !kept_from_posting(needs_of(entries, entry));
}

std::span<const Route> posting_routes() {
  static constexpr Route table[] = {{"GET", "/postings", list_postings},
                                    {"POST", "/entries/{id}/posting", decide_on_posting}};
  return table;
}

}  // namespace holdline::agent
