// The JSON API of the workstation (docs/api.md) for the people at it. Requests arrive on the I/O thread; nothing here
// blocks it: saving is answered from the outbox's thread, reading from the reading thread, state from the engine's.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "agent/workstation.hpp"
#include "platform/http/http.hpp"

namespace holdline::agent {

class PracticeWorld;

class LocalApi {
 public:
  LocalApi(AgentConfig config, Workstation::Dependencies deps);
  ~LocalApi();

  // Opens the workstation when it is enrolled. Without it only status and enrolment are answered.
  Result<void> start();
  void answer(platform::HttpRequest request, platform::Respond respond);
  // holdline.status/1 for whoever asks, and who that is (null: nobody). On the I/O thread; neither counts as use of the
  // session.
  nlohmann::json status(const platform::HttpRequest& request) const;
  nlohmann::json person(const platform::HttpRequest& request) const;
  // What of a status goes to `peer`: before somebody at another computer is signed in, what the strip needs, and
  // nothing about the workstation, the hub or certificates.
  static nlohmann::json told_to(const platform::Peer& peer, nlohmann::json status);
  Workstation* workstation() { return station_.get(); }
  // Whether who asks practises: in a world of its own (practice.hpp), until they say that they do not, or sign
  // out. On the I/O thread.
  bool practises(const platform::HttpRequest& request) const;
  // What IT has to look at beside what the workstation knows of itself: stands in the status, once for each code, until
  // it is cleared. Before the I/O thread runs, or on it.
  void note_health(std::string code, std::string message);
  void clear_health(std::string_view code);

 private:
  // `again`: a workstation that is enrolled already, or whose files say who it was.
  void enroll(const platform::HttpRequest& request, const platform::Respond& respond, bool again);
  void enrolled(Result<WorkstationIdentity> identity, const platform::Respond& respond);

  void practise(const platform::HttpRequest& request, const platform::Respond& respond, const Session& session);

  struct HealthNote {
    std::string code, message;
  };
  Result<Session> session_of(const platform::HttpRequest& request);

  AgentConfig config_;
  Workstation::Dependencies deps_;
  std::vector<HealthNote> notes_;
  std::unique_ptr<Workstation> station_;
  std::unique_ptr<PracticeWorld> practice_;  // from the first who wanted it until the daemon ends
  std::set<std::string> practising_;         // hashes of the tokens of those who do
  platform::TaskThread enrolling_;  // its requests to the hub take seconds; last: it ends before what it works for
};

}  // namespace holdline::agent
