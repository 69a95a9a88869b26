// holdline phone|email|address add|edit|remove, customer prefer|merge|part|delete, entry edit|remark|delete, callback
// edit|remark| close|cancel: changing what is there.
#include <nlohmann/json.hpp>

#include "cli/commands/assignment.hpp"
#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "platform/text/url.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

std::string target_of(Session& session, const std::string& path) {
  return path + "/" + platform::percent_encoded(session.arguments().get("ID"));
}

Outcome edit(Session& session, const std::string& path) {
  HOLDLINE_ASSIGN(const auto changes, parse_assignments(session.world(), session.arguments().all("FIELD=VALUE")));
  return edit_record(session, target_of(session, path), changes);
}

// What was taken down is corrected with the reason, which is kept with it.
Outcome correct_entry(Session& session) {
  HOLDLINE_ASSIGN(const auto changes, parse_assignments(session.world(), session.arguments().all("FIELD=VALUE")));
  json body = json::object();
  for (const Assignment& change : changes) body[change.field] = {{"value", change.value}};
  return edit_record(session, target_of(session, "/entries"), std::move(body), session.arguments().get("--reason"));
}

// People say number and address; the schema's words for them are taken as well.
Outcome add_to_customer(Session& session, const std::string& kind) {
  HOLDLINE_ASSIGN(auto fields, parse_assignments(session.world(), session.arguments().all("FIELD=VALUE")));
  for (Assignment& field : fields) {
    if (kind == "/phones" && field.field == "number") field.field = "e164";
    if (kind == "/emails" && field.field == "address") field.field = "addr";
  }
  const std::string target = "/customers/" + platform::percent_encoded(session.arguments().get("CUSTOMER")) + kind;
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", target, {{"fields", object_of(fields)}}));
  return print_saved(session, answer);
}

Outcome erase(Session& session, const std::string& path) {
  const std::string reason = session.arguments().get("--reason");
  if (reason.empty()) return usage("--reason is missing — it is kept as a note");
  HOLDLINE_ASSIGN(const Answer answer, session.write("DELETE", target_of(session, path), {{"reason", reason}}));
  return print_saved(session, answer);
}

Outcome remark(Session& session, const std::string& path, const char* list) {
  const std::string text = session.arguments().get("TEXT");
  if (text.empty()) return usage("TEXT is empty");
  return edit_record(session, target_of(session, path), json{{list, {{"add", {text}}}}});
}

// A remark beside the new state, in one action.
Outcome end_callback(Session& session, const char* state, const std::string& text) {
  json changes = {{"state", {{"value", state}}}};
  if (!text.empty()) changes["remarks"] = {{"add", {text}}};
  return edit_record(session, target_of(session, "/callbacks"), std::move(changes));
}

Outcome close(Session& session) { return end_callback(session, "reached", session.arguments().get("--remark")); }
Outcome cancel(Session& session) {
  const std::string reason = session.arguments().get("--reason");
  if (reason.empty()) return usage("--reason is missing — it is kept with the callback");
  return end_callback(session, "cancelled", reason);
}

Outcome merge(Session& session, const char* what, json body) {
  const std::string reason = session.arguments().get("--reason");
  if (reason.empty()) return usage("--reason is missing — it is kept with the customer");
  body["reason"] = reason;
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", target_of(session, "/customers") + what, body));
  return print_saved(session, answer);
}

Outcome prefer(Session& session) {
  const std::string kind = session.arguments().get("KIND");
  if (kind != "phone" && kind != "email") return usage("KIND is phone or email");
  return edit_record(session, target_of(session, "/customers"),
                     json{{"primary_" + kind, {{"value", session.arguments().get("CHILD")}}}});
}

const Positional the_id{"ID", "Id, as show and list tell it"};
const Positional the_customer{"CUSTOMER", "Id of the customer, as search shows it"};
const Positional the_fields{"FIELD=VALUE", "New values; FIELD= empties", true};
const Option the_base{"--base", "FIELD=VALUE", "What stood there when you decided (default: what stands there now)",
                      true};
const Option the_reason{"--reason", "TEXT", "Why; kept as a note"};

void add_children(std::vector<Command>& all) {
  all.push_back({"phone",
                 "add",
                 "Another number of a customer",
                 {the_customer, {"FIELD=VALUE", "number=… as it is written, kind=mobile", true}},
                 with_answers({}),
                 true,
                 [](Session& s) { return add_to_customer(s, "/phones"); }});
  all.push_back({"phone",
                 "edit",
                 "Change a number's kind, preference or use",
                 {the_id, the_fields},
                 with_answers({the_base}),
                 true,
                 [](Session& s) { return edit(s, "/phones"); }});
  all.push_back({"phone", "remove", "Take a number away", {the_id}, {the_reason}, true, [](Session& s) {
                   return erase(s, "/phones");
                 }});
  all.push_back({"email",
                 "add",
                 "Another e-mail address of a customer",
                 {the_customer, {"FIELD=VALUE", "address=name@example.com", true}},
                 with_answers({}),
                 true,
                 [](Session& s) { return add_to_customer(s, "/emails"); }});
  all.push_back({"email",
                 "edit",
                 "Change what is known of an e-mail address",
                 {the_id, the_fields},
                 with_answers({the_base}),
                 true,
                 [](Session& s) { return edit(s, "/emails"); }});
  all.push_back({"email", "remove", "Take an e-mail address away", {the_id}, {the_reason}, true, [](Session& s) {
                   return erase(s, "/emails");
                 }});
  all.push_back({"address",
                 "add",
                 "A further address of a customer",
                 {the_customer, {"FIELD=VALUE", "kind=business street=… postcode=… city=…", true}},
                 with_answers({}),
                 true,
                 [](Session& s) { return add_to_customer(s, "/addresses"); }});
  all.push_back({"address",
                 "edit",
                 "Change a further address",
                 {the_id, the_fields},
                 with_answers({the_base}),
                 true,
                 [](Session& s) { return edit(s, "/addresses"); }});
  all.push_back({"address", "remove", "Take a further address away", {the_id}, {the_reason}, true, [](Session& s) {
                   return erase(s, "/addresses");
                 }});
}

}  // namespace

std::vector<Command> change_commands() {
  std::vector<Command> all;
  add_children(all);
  all.push_back({"customer",
                 "prefer",
                 "Which number or e-mail address is the first choice",
                 {the_id, {"KIND", "phone or email"}, {"CHILD", "Its id"}},
                 {},
                 true,
                 prefer});
  all.push_back({"customer",
                 "merge",
                 "Two customers are one: ID becomes an alias of INTO (a supervisor's decision)",
                 {the_id, {"INTO", "Id of the customer that stays"}},
                 {the_reason},
                 true,
                 [](Session& s) {
                   return merge(s, "/merge", {{"into", s.arguments().get("INTO")}});
                 }});
  all.push_back({"customer",
                 "part",
                 "Two customers were taken for one: ID stands for itself again",
                 {the_id},
                 {the_reason},
                 true,
                 [](Session& s) { return merge(s, "/part", json::object()); }});
  all.push_back({"customer",
                 "delete",
                 "Delete a customer; what somebody changed meanwhile is asked about",
                 {the_id},
                 {the_reason},
                 true,
                 [](Session& s) { return erase(s, "/customers"); }});
  all.push_back(
      {"entry",
       "edit",
       "Correct an entry; what stood there is kept in its history",
       {the_id, the_fields},
       with_answers({the_base, {"--reason", "TEXT", "Why another value is put in the place of one; kept with it"}}),
       true,
       correct_entry});
  all.push_back({"entry",
                 "history",
                 "Who corrected it, when, why, from which value (asks the hub)",
                 {the_id},
                 {},
                 false,
                 [](Session& s) { return show_history(s, target_of(s, "/entries")); }});
  all.push_back({"entry",
                 "remark",
                 "Add to an entry what happened since",
                 {the_id, {"TEXT", "The remark"}},
                 {},
                 true,
                 [](Session& s) { return remark(s, "/entries", "follow_ups"); }});
  all.push_back({"entry", "delete", "Delete an entry", {the_id}, {the_reason}, true, [](Session& s) {
                   return erase(s, "/entries");
                 }});
  all.push_back(
      {"callback", "edit", "Change a callback", {the_id, the_fields}, with_answers({the_base}), true, [](Session& s) {
         return edit(s, "/callbacks");
       }});
  all.push_back(
      {"callback", "remark", "Add what happened since", {the_id, {"TEXT", "The remark"}}, {}, true, [](Session& s) {
         return remark(s, "/callbacks", "remarks");
       }});
  all.push_back(
      {"callback", "close", "The person was reached", {the_id}, {{"--remark", "TEXT", "Kept with it"}}, true, close});
  all.push_back({"callback",
                 "cancel",
                 "Nobody is to call back any more",
                 {the_id},
                 {{"--reason", "TEXT", "Why; kept with it"}},
                 true,
                 cancel});
  return all;
}

}  // namespace holdline::cli
