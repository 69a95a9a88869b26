// GET /customers: who is found by what the caller says.
#include <algorithm>
#include <map>

#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/records/broad.hpp"
#include "agent/api/records/search.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/view/referenced.hpp"
#include "sync/table/practice.hpp"
#include "sync/text/phone.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

// Why it was found, in a word for people.
const char* matched(const sync::Schema& schema, const Hit& hit) {
  const sync::Collection& collection = *schema.collection(hit.matched.collection);
  if (collection.fields[hit.why.field].type == sync::FieldType::email) return "email";
  switch (hit.why.kind) {
    case sync::SearchKind::none:
      return "none";
    case sync::SearchKind::name:
      return hit.why.near ? "similar-name" : "name";
    case sync::SearchKind::phone:
      return "phone";
    case sync::SearchKind::reference:
      return "reference";
    case sync::SearchKind::place:
      return "address";
  }
  return "none";
}

Json hit_json(const sync::Schema& schema, std::string_view region, const Hit& hit, PersonView& view) {
  const sync::Collection& collection = *schema.collection(hit.root.record.key.collection);
  const sync::Collection& phone = *schema.collection("phone");
  Json phones = Json::array(), display = Json::array();
  if (const auto children = view.children(phone, hit.root.record.key.id))
    for (const Shown& child : children->shown) {
      std::string extension = text_field(phone, child.record, "extension");
      if (!extension.empty()) extension.insert(0, " ext. ");
      const std::string number = text_field(phone, child.record, "e164");
      phones.push_back(number + extension);
      display.push_back(sync::phone_for_people(number, region) + extension);
    }
  return {{"id", hit.root.record.key.id.text()},
          {"ref", text_field(collection, hit.root.record, "ref")},
          {"name", display_name(collection, hit.root.record)},
          {"city", text_field(collection, hit.root.record, "city")},
          {"phones", phones},
          {"display", display},
          {"matched", matched(schema, hit)},
          {"drill", sync::is_practice(collection, hit.root.record)},
          {"pending", !hit.root.pending.empty()}};
}

// What the text is as a reference; null when it is none.
Json reading_json(const Referenced& read_out, const std::vector<Referenced::Found>& alike) {
  const std::string meant = did_you_mean(alike);
  switch (read_out.read.kind) {
    case sync::ReferenceReading::Kind::something_else:
      if (!meant.empty()) return {{"state", "misheard"}, {"message", meant}};
      break;
    case sync::ReferenceReading::Kind::misheard:
      return {{"state", "misheard"},
              {"message",
               "This looks like a reference, but the check character does not fit: one character is wrong, or two "
               "changed places. " +
                   (meant.empty() ? "Ask for it again." : meant)}};
    case sync::ReferenceReading::Kind::reference:
      if (!read_out.found.empty()) return {{"state", "found"}, {"message", ""}};
      return {{"state", "unknown"}, {"message", "No entry on this PC has the reference " + read_out.read.text + "."}};
  }
  return nullptr;
}

void add_records(const std::vector<Referenced::Found>& found, const char* matched_by, Json& records) {
  for (const auto& [collection, shown] : found) {
    const bool told = std::ranges::any_of(
        records, [&, id = shown.record.key.id.text()](const Json& other) { return other.at("id") == id; });
    if (told) continue;
    Json json{{"id", shown.record.key.id.text()},
              {"collection", collection->name},
              {"label", collection->label},
              {"reference", text_field(*collection, shown.record, "reference")},
              {"matched", matched_by},
              {"drill", sync::is_practice(*collection, shown.record)},
              {"pending", !shown.pending.empty()}};
    for (const char* name : {"name", "customer", "kind", "reason", "recorded_at"})
      if (const auto field = collection->field(name); field && !sync::is_null(shown.record.fields[*field]))
        json[name] = to_json(collection->fields[*field], shown.record.fields[*field]);
    records.push_back(std::move(json));
  }
}

// Why somebody who is known may not be found by what was typed; null when there is nothing to say.
Json advice_for(std::string_view typed, bool found) {
  constexpr std::ptrdiff_t part_of_number = 5;
  const auto digits = std::ranges::count_if(typed, [](char c) { return c >= '0' && c <= '9'; });
  if (!found && digits != 0 && typed.size() < 4)
    return "A postcode is looked for from its fourth character on, a shorter one beside a name: \"obrien ls1\".";
  if (found || digits < part_of_number || 2 * digits < static_cast<std::ptrdiff_t>(typed.size())) return nullptr;
  return "Numbers are found by how they begin, with or without the country code, or by their last 4 or more digits; "
         "digits out of the middle find nobody.";
}

}  // namespace

void search_customers(Workstation& station, Call call) {
  const auto practice = practice_of(call.request.query, station.shown_practice());
  if (!practice) return call.respond(wrong_practice());
  const auto typed = call.request.query.find("q");
  if (typed == call.request.query.end() || typed->second.empty())
    return call.respond(platform::error_response(400, "no-query", "Say what to look for: ?q=TEXT"));
  const std::size_t limit = limit_of(call.request.query, 20, max_hits);
  const sync::Collection& customers = *station.schema().collection(of::customer);
  std::map<std::string, std::string> wanted(call.request.query.begin(), call.request.query.end());
  for (const char* own : {"q", "limit", "practice"}) wanted.erase(own);
  auto filter = sync::filter_of(customers, wanted);
  if (!filter) return call.respond(platform::error_response(400, filter.error().code, filter.error().message));
  read(station, call,
       [&station, call, &customers, text = typed->second, limit, filter = *std::move(filter), practice = *practice,
        respond = call.respond](PersonView& view) {
         view.show_practice(practice);
         const std::string region = station.site().region;
         auto found = view.search(text, limit, customers.no, {region, true, &filter});
         if (!found) return respond(platform::error_response(found.error()));
         Json too_broad;
         const bool broad = !found->total && found->hits.size() == limit;
         if (const auto most = broad ? limit_search(station, call, text) : std::nullopt) {
           found->hits.resize(std::min(found->hits.size(), most->shown));
           too_broad = most->advice;
         }
         Json items = Json::array();
         for (const Hit& hit : found->hits) items.push_back(hit_json(station.schema(), region, hit, view));
         const auto read_out = referenced(station.schema(), view, text);
         const auto taken_down = with_number(station.schema(), view, text, region);
         const auto alike = misheard(station.schema(), view, text);
         if (!read_out || !taken_down)
           return respond(platform::error_response(read_out ? taken_down.error() : read_out.error()));
         if (!alike) return respond(platform::error_response(alike.error()));
         Json records = Json::array();
         add_records(read_out->found, "reference", records);
         add_records(*alike, "similar-reference", records);
         add_records(*taken_down, "phone", records);
         const bool any = !items.empty() || !records.empty();
         respond(json_response(200, {{"schema", "holdline.hits/1"},
                                     {"items", items},
                                     {"total", found->total ? Json(*found->total) : Json()},
                                     {"reference", reading_json(*read_out, *alike)},
                                     {"records", records},
                                     {"advice", too_broad.is_null() ? advice_for(text, any) : too_broad},
                                     {"more", found->more},
                                     {"as_of", as_of_json(found->as_of)}}));
       });
}

}  // namespace holdline::agent
