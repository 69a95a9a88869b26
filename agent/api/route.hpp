// The routes of the local API: each file of this folder answers some paths with free functions and lists them in a
// table.
//
// A handler is called on the I/O thread and may answer later, on any thread, by the copy of `respond` it keeps. The
// workstation outlives every answer.
// Internal to agent/api.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/identity/sessions.hpp"
#include "agent/view/sight.hpp"
#include "agent/workstation.hpp"
#include "platform/http/http.hpp"

namespace holdline::agent {

struct Call {
  platform::HttpRequest request;
  std::string rest;  // of the path, from the first {part} of its route on
  platform::Respond respond;
  // Who is signed in where the request comes from. Set for every route but those that say otherwise.
  std::optional<Session> session = {};

  sync::Rights rights() const { return {session->person.role, session->person.scopes}; }
};

// Who is answered.
enum class Access : std::uint8_t {
  person,          // whoever is signed in
  person_or_root,  // as well root and the daemon's own account, signed in or not
  root,            // these alone: who runs the machine
  anybody,         // whoever may use the socket or the console
};

struct Route {
  std::string_view method;
  std::string_view path;  // below /api/v1, as agent/api/description/openapi.json has it: {id} is any one part
  void (*handle)(Workstation& station, Call call);  // null: LocalApi answers by itself, enrolled or not
  Access access = Access::person;
};

// Who runs the machine: root, and the daemon's own account. Nobody whom the kernel does not vouch for.
bool is_root(const platform::Peer& peer);
// Whose sessions a request can use: those of its login, or console_login.
std::uint32_t login_of(const platform::Peer& peer);
// Runs on the reading thread with what the person of the call may see.
void read(Workstation& station, const Call& call, std::function<void(PersonView&)> work);
// The token of the request's "Authorization: Bearer TOKEN"; empty without one.
std::string_view token_of(const platform::HttpRequest& request);
// GET …/ID/history, for the tables of the records it is about.
void show_history(Workstation& station, Call call, std::string_view collection_name, std::string_view id_text);

// Collections by their names in the schema, for routes that differ in nothing else.
namespace of {
inline constexpr char customer[] = "customer", phone[] = "phone", email[] = "email", address[] = "address",
                      entry[] = "manual_entry", callback[] = "callback_request", complaint[] = "complaint";
}

// Whether /records/COLLECTION speaks of it: not of what the hub makes, nor of the do-not-call list, whose values are
// hashes, nor of incidents, which are decided about (/contingency), nor of paper forms (/paper).
bool is_open_to_all(const sync::Schema& schema, std::string_view collection);

// All tables; a path that is written out comes before one with {parts}.
std::vector<Route> all_routes();

std::span<const Route> session_routes();          // signing in and out, synchronising, the proof
std::span<const Route> draft_routes();            // what is typed and not saved yet
std::span<const Route> form_routes();             // what can be typed
std::span<const Route> record_routes();           // customers, entries, callbacks: found and shown
std::span<const Route> record_change_routes();    // added, changed, deleted
std::span<const Route> outbox_routes();           // what became of what was saved
std::span<const Route> decision_routes();         // what is to become of what was refused
std::span<const Route> conflict_routes();         // what two people changed at once
std::span<const Route> do_not_call_routes();      // whom not to call
std::span<const Route> incident_routes();         // outages: what is in force, and each decision about it
std::span<const Route> drill_routes();            // drills that were held, and what came of them
std::span<const Route> code_routes();             // short codes, made and typed
std::span<const Route> outage_report_routes();    // "CRM not working"
std::span<const Route> incident_report_routes();  // what an outage was, and left
std::span<const Route> paper_routes();            // paper forms: printed, entered, accounted for
std::span<const Route> export_routes();           // data out of the workstation, and the list of it
std::span<const Route> run_routes();              // the actions of the plan: how they stand, what is asked of them
std::span<const Route> fleet_routes();            // which workstations are ready for an outage
std::span<const Route> overview_routes();         // what stands open, in numbers
std::span<const Route> taken_routes();            // what everybody took down
std::span<const Route> callback_work_routes();    // an agent's next call, and how it ended
std::span<const Route> posting_routes();          // entries on their way into the central system
std::span<const Route> promise_routes();          // how much may be promised, and what is promised anew
std::span<const Route> check_routes();            // entries that somebody else has to look at
std::span<const Route> callback_list_routes();    // what supervisors decide about the list

}  // namespace holdline::agent
