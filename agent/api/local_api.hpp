// The JSON API of the workstation (docs/api.md) for the people at it. Requests arrive on the I/O thread; nothing here
// blocks it: saving is answered from the outbox's thread, reading from the reading thread, state from the engine's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "agent/workstation.hpp"
#include "platform/http/http.hpp"
#include "sync/action/validate.hpp"

namespace holdline::agent {

class LocalApi {
 public:
  LocalApi(AgentConfig config, Workstation::Surroundings around);
  ~LocalApi();

  // Opens the workstation when it is enrolled. Without it only status and enrolment are answered.
  Result<void> start();
  void answer(platform::HttpRequest request, platform::Respond respond);
  Workstation* workstation() { return station_.get(); }

 private:
  using Json = nlohmann::json;
  using Request = platform::HttpRequest;
  using Respond = platform::Respond;
  using Handler = void (LocalApi::*)(const Request&, std::string_view rest, Respond);
  struct Route;
  static const std::vector<Route>& routes();

  // local_api.cpp: who is there
  void status(const Request&, std::string_view, Respond);
  void enroll(const Request&, std::string_view, Respond);
  void sign_in(const Request&, std::string_view, Respond);
  void sign_out(const Request&, std::string_view, Respond);
  void sync_now(const Request&, std::string_view, Respond);
  // record_routes.cpp: records
  void search(const Request&, std::string_view, Respond);
  void show_customer(const Request&, std::string_view, Respond);
  void add_customer(const Request&, std::string_view, Respond);
  void edit_customer(const Request&, std::string_view, Respond);
  void add_entry(const Request&, std::string_view, Respond);
  void list_entries(const Request&, std::string_view, Respond);
  void show_entry(const Request&, std::string_view, Respond);
  void add_callback(const Request&, std::string_view, Respond);
  void list_callbacks(const Request&, std::string_view, Respond);
  void show_callback(const Request&, std::string_view, Respond);
  // outbox_routes.cpp: what became of what was saved
  void list_outbox(const Request&, std::string_view, Respond);
  void show_action(const Request&, std::string_view, Respond);
  void export_outbox(const Request&, std::string_view, Respond);
  void list_conflicts(const Request&, std::string_view, Respond);
  void show_conflict(const Request&, std::string_view, Respond);
  void resolve_conflict(const Request&, std::string_view, Respond);
  void verify(const Request&, std::string_view, Respond);

  void list(const Request&, std::string_view collection, Respond);
  void show(std::string_view collection, std::string_view id, std::vector<std::string> children, Respond);
  void add(const Request&, std::string_view collection, Respond);
  // Checks session and idempotency key, then saves; the answer is holdline.saved/1 with this HTTP status.
  void save(const Request&, std::vector<sync::Op> ops, std::int64_t event_ms, int http_status, Respond);
  // When the present state forbids it: `refusal`, unless this request was saved before and is repeated because its
  // answer was lost. Then it is answered as save() would, for its own effect may be what forbids it now.
  void refuse(const Request&, platform::HttpResponse refusal, Respond);
  // The beginning of an action by who is signed in, under the request's key; nothing when it was refused and answered.
  std::optional<Draft> draft_of(const Request&, const Respond&);

  AgentConfig config_;
  Workstation::Surroundings around_;
  std::unique_ptr<Workstation> station_;
};

// Shared by the parts of the API.
platform::HttpResponse json_response(int status, const nlohmann::json& json);
platform::HttpResponse findings_response(const std::vector<sync::Finding>& findings);
nlohmann::json shown_json(const sync::Collection& collection, const Shown& shown, const AsOf& as_of);
const char* verdict_of(const sync::ActionResult& result);
// Where an action stands, by its latest result.
std::string state_of(const std::optional<sync::ActionResult>& result);

}  // namespace holdline::agent
