// The JSON API of the workstation (docs/api.md) for the people at it. Requests arrive on the I/O thread; nothing here
// blocks it: saving is answered from the outbox's thread, reading from the reading thread, state from the engine's.
#pragma once

#include <memory>

#include "agent/workstation.hpp"
#include "platform/http/http.hpp"

namespace holdline::agent {

class LocalApi {
 public:
  LocalApi(AgentConfig config, Workstation::Dependencies deps);
  ~LocalApi();

  // Opens the workstation when it is enrolled. Without it only status and enrolment are answered.
  Result<void> start();
  void answer(platform::HttpRequest request, platform::Respond respond);
  Workstation* workstation() { return station_.get(); }

 private:
  void enroll(const platform::HttpRequest& request, const platform::Respond& respond);

  AgentConfig config_;
  Workstation::Dependencies deps_;
  std::unique_ptr<Workstation> station_;
};

}  // namespace holdline::agent
