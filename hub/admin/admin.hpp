// The administrator's requests and what each answers (/admin/v1, docs/api.md; main.cpp only prints it). Runs on the
// ledger's thread while a hub serves, or directly in the program when none does.
#pragma once

#include "hub/intake/intake.hpp"
#include "hub/setup/parts.hpp"
#include "platform/http/http.hpp"

namespace holdline::hub {

class Admin {
 public:
  Admin(HubParts& hub, Intake& intake, platform::Entropy& entropy, const platform::Clock& clock)
      : hub_(hub), intake_(intake), entropy_(entropy), clock_(clock) {}

  platform::HttpResponse answer(const platform::HttpRequest& request);

 private:
  using Response = Result<platform::HttpResponse>;
  Response status();
  Response add_code(const platform::HttpRequest& request);
  Response add_person(const platform::HttpRequest& request);
  Response devices();
  Response import(const platform::HttpRequest& request);
  Response digests();
  Response conflicts(const platform::HttpRequest& request);
  Response held();
  std::vector<std::string> all_scopes();

  HubParts& hub_;
  Intake& intake_;
  platform::Entropy& entropy_;
  const platform::Clock& clock_;
};

}  // namespace holdline::hub
