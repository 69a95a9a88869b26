#include "agent/api/do_not_call.hpp"

#include <algorithm>
#include <utility>

#include "agent/api/forms.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/api/save.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/form/form.hpp"
#include "sync/text/contact_hash.hpp"
#include "sync/text/text.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

constexpr std::size_t entries_looked_at = max_hits;

// A number in E.164, or an e-mail address.
struct Contact {
  std::string kind;  // as the schema says: "number" or "email"
  std::string value;
};

const sync::Collection& list_of(const Workstation& station) { return *station.schema().collection("suppression"); }

std::string text_of(const sync::Collection& list, const sync::Record& record, std::string_view field) {
  const auto* text = std::get_if<std::string>(&record.fields[*list.field(field)]);
  return text ? *text : std::string();
}

// What is said of a contact; allowed ones are left out. Without the key there can be none; an error when it could not
// be looked up.
Result<std::vector<sync::Record>> said_of(Workstation& station, PersonView& view, const Contact& contact) {
  const sync::Collection& list = list_of(station);
  const std::string key = station.accounts().suppression_key();
  std::vector<sync::Record> said;
  if (key.empty()) return said;
  for (const std::string& hash : sync::contact_hashes(key, contact.kind, contact.value)) {
    HOLDLINE_ASSIGN(const auto found, view.search(hash, entries_looked_at, list.no));
    for (const Hit& hit : found.hits)
      if (text_of(list, hit.root.record, "value_hash") == hash && text_of(list, hit.root.record, "status") != "allowed")
        said.push_back(hit.root.record);
  }
  return said;
}

std::int64_t since(const sync::Collection& list, const sync::Record& record) {
  const auto* ms = std::get_if<std::int64_t>(&record.fields[*list.field("added_at")]);
  return ms ? *ms : 0;
}

Json json_of(const sync::Collection& list, const std::vector<sync::Record>& said) {
  Json json = Json::array();
  for (const sync::Record& record : said)
    json.push_back({{"id", record.key.id.text()},
                    {"channel", text_of(list, record, "channel")},
                    {"purpose", text_of(list, record, "purpose")},
                    {"since", sync::format_time(since(list, record))}});
  return json;
}

// Of a record with a number or an address; one without a value is of nobody.
Contact contact_of(const sync::Collection& collection, const sync::Record& record) {
  const auto field = collection.natural_key;
  const auto* text = field ? std::get_if<std::string>(&record.fields[*field]) : nullptr;
  if (!text) return {};
  return {collection.fields[*field].type == sync::FieldType::phone ? "number" : "email", *text};
}

// What a request names, put right as the form of a customer would put it right.
struct Asked {
  Contact contact;
  std::vector<sync::Finding> findings;
};
Asked asked_about(const Workstation& station, const std::string& number, const std::string& email) {
  Asked asked;
  if (number.empty() == email.empty()) {
    asked.findings.push_back({"number", "one-of", "Give either a number or an e-mail address."});
    return asked;
  }
  const sync::Collection& collection = *station.schema().collection(number.empty() ? "email" : "phone");
  std::vector<sync::FieldChange> changes{
      {*collection.natural_key, sync::Value(sync::Null{}), sync::Value(number.empty() ? email : number), {}, {}}};
  asked.findings = sync::put_right(collection, station.site(), nullptr, changes);
  for (const sync::FieldChange& change : changes)
    if (change.field == *collection.natural_key)
      if (const auto* text = std::get_if<std::string>(&change.value))
        asked.contact = {number.empty() ? "email" : "number", *text};
  if (!email.empty() && !sync::tidy_email(email))
    asked.findings.push_back({"email", "not-an-email", "E-mail address is none that mail could reach."});
  const auto refused = [](const sync::Finding& finding) { return finding.weight == sync::Weight::refused; };
  if (std::ranges::any_of(asked.findings, refused)) asked.contact = {};
  if (asked.contact.value.empty() && asked.findings.empty())
    asked.findings.push_back(
        {number.empty() ? "email" : "number", "one-of", "There is nothing in it to be put on the list."});
  return asked;
}

platform::HttpResponse no_key() {
  return platform::error_response(503, "no-suppression-key",
                                  "The hub has not told this PC how to keep its do-not-call list. Note the wish as an "
                                  "entry, and try again when the hub is there.");
}

struct Wish {
  Contact contact;
  std::string scope, channel, purpose, note;
};

sync::Op op_of(const sync::Collection& list, std::string_view key, const Wish& wish, std::int64_t now_ms) {
  sync::Op op{sync::OpKind::create, {list.no, created_here(0)}, wish.scope, 0, {}, {}};
  const auto set = [&](std::string_view field, sync::Value value) {
    op.changes.push_back({*list.field(field), sync::Value(sync::Null{}), std::move(value), {}, {}});
  };
  const std::string& value = wish.contact.value;
  set("kind", wish.contact.kind);
  set("value_hash", sync::contact_hash(key, wish.contact.kind, wish.contact.value));
  set("last2", value.substr(value.size() - std::min<std::size_t>(2, value.size())));
  set("channel", wish.channel);
  set("purpose", wish.purpose);
  set("status", std::string("do_not_contact"));
  set("source", std::string("own"));
  set("added_at", now_ms);
  if (!wish.note.empty()) {
    op.changes.push_back({*list.field("evidence"), {}, {}, {wish.note}, {}});
  }
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  return op;
}

void add(Workstation& station, Call call) {
  auto json = platform::JsonObject::parse(call.request.body);
  const std::string number = json.text("number"), email = json.text("email");
  Wish wish{{},
            json.text("scope", station.default_scope(call.rights())),
            json.text("channel", "any"),
            json.text("purpose", "any"),
            json.text("note")};
  auto accept = acceptance_of(json);
  if (!accept) return call.respond(platform::error_response(accept.error()));
  if (auto whole = json.checked_whole(); !whole) return call.respond(platform::error_response(whole.error()));
  const std::string key = station.accounts().suppression_key();
  if (key.empty()) return refuse_unless_saved(station, call, no_key());
  Asked asked = asked_about(station, number, email);
  if (asked.contact.value.empty()) return refuse_unless_saved(station, call, findings_response(asked.findings));
  wish.contact = std::move(asked.contact);
  read(station, call,
       [&station, call, key, wish = std::move(wish), findings = std::move(asked.findings),
        accept = *std::move(accept)](PersonView& view) mutable {
         const sync::Collection& list = list_of(station);
         const auto same = [&](const sync::Record& record) {
           return text_of(list, record, "channel") == wish.channel && text_of(list, record, "purpose") == wish.purpose;
         };
         const auto said = said_of(station, view, wish.contact);
         if (!said) return refuse_unless_saved(station, call, platform::error_response(said.error()));
         if (const auto found = std::ranges::find_if(*said, same); found != said->end())
           return refuse_unless_saved(
               station, call,
               platform::error_response(409, "on-the-list",
                                        "It is on the list already, since " + sync::format_time(since(list, *found)) +
                                            ". Nothing is left to do."));
         const std::int64_t now_ms = desk_of(station, call).now_ms;
         save(station, call, {op_of(list, key, wish, now_ms)}, {now_ms, {}, std::move(findings), std::move(accept)});
       });
}

void check(Workstation& station, Call call) {
  const auto given = [&](const char* name) {
    const auto found = call.request.query.find(name);
    return found == call.request.query.end() ? std::string() : found->second;
  };
  if (station.accounts().suppression_key().empty()) return call.respond(no_key());
  Asked asked = asked_about(station, given("number"), given("email"));
  if (asked.contact.value.empty()) return call.respond(findings_response(asked.findings));
  read(station, call, [&station, call, contact = std::move(asked.contact)](PersonView& view) {
    const auto said = said_of(station, view, contact);
    if (!said) return call.respond(platform::error_response(said.error()));
    call.respond(json_response(200, {{"schema", "holdline.do-not-call/1"},
                                     {"kind", contact.kind},
                                     {"value", contact.value},
                                     {"items", json_of(list_of(station), *said)}}));
  });
}

}  // namespace

Result<nlohmann::json> do_not_call_json(Workstation& station, PersonView& view, const sync::Collection& collection,
                                        const sync::Record& record) {
  const Contact contact = contact_of(collection, record);
  if (contact.value.empty()) return Json::array();
  HOLDLINE_ASSIGN(const auto said, said_of(station, view, contact));
  return json_of(list_of(station), said);
}

void ask_about_do_not_call(Workstation& station, PersonView& view, const sync::Record& callback,
                           std::vector<sync::Finding>& findings) {
  const sync::Collection& collection = *station.schema().collection("callback_request");
  const sync::Collection& list = list_of(station);
  const std::string number = text_of(collection, callback, "phone");
  std::string purpose = text_of(collection, callback, "purpose");
  if (purpose.empty()) purpose = "service";
  if (number.empty()) return;
  const auto said = said_of(station, view, {"number", number});
  if (!said)
    return findings.push_back({"phone", "do-not-call-unknown",
                               "Whether this number may be called cannot be looked up now: " + said.error().message,
                               sync::Weight::asked});
  for (const sync::Record& record : *said) {
    const std::string channel = text_of(list, record, "channel"), of = text_of(list, record, "purpose");
    if ((channel != "any" && channel != "phone") || (of != "any" && of != purpose)) continue;
    return findings.push_back({"phone", "do-not-call",
                               "This number is on the do-not-call list since " +
                                   sync::format_time(since(list, record)) + (of == "any" ? "" : " for " + of) +
                                   ". Do not promise a call, or say why it is wanted all the same.",
                               sync::Weight::asked});
  }
}

sync::Op no_more_calls_op(const Workstation& station, std::string_view key, const std::string& number,
                          const std::string& scope, const std::string& person, std::int64_t now_ms) {
  sync::Op op = op_of(list_of(station), key,
                      {{"number", number}, scope, "phone", "any", "said in a callback to " + person}, now_ms);
  op.record.id = created_here(1);  // beside the call
  return op;
}

std::span<const Route> do_not_call_routes() {
  static constexpr Route table[] = {{"GET", "/do-not-call", check}, {"POST", "/do-not-call", add}};
  return table;
}

}  // namespace holdline::agent
