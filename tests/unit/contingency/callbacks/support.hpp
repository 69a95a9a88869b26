// Short ways to say what was promised and decided.
#pragma once

#include <string>
#include <vector>

#include "contingency/callbacks/cases.hpp"

namespace holdline::contingency {

inline sync::Id sync_id(std::uint8_t number) {
  sync::Id id;
  id.bytes[15] = number;
  return id;
}

inline CallbackRequest asked(std::uint8_t number, std::string name, std::string phone, std::string reason,
                             std::int64_t contact_ms) {
  CallbackRequest request;
  request.id = sync_id(number);
  request.scope = "acme/london";
  request.name = std::move(name);
  request.number = std::move(phone);
  request.reason = std::move(reason);
  request.contact_ms = contact_ms;
  return request;
}

inline CaseDecision decided(std::uint8_t number, CaseDecision::Kind kind, const std::vector<std::uint8_t>& requests,
                            const std::vector<std::uint8_t>& others, std::int64_t at_ms) {
  CaseDecision decision{.id = sync_id(number), .kind = kind, .requests = {}, .by = {"sue", by_supervisor, "", at_ms}};
  for (const std::uint8_t one : requests) decision.requests.push_back(sync_id(one));
  for (const std::uint8_t one : others) decision.others.push_back(sync_id(one));
  return decision;
}

}  // namespace holdline::contingency
