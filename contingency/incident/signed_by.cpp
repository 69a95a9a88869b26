#include "contingency/incident/signed_by.hpp"

#include "sync/base/timestamp.hpp"

namespace holdline::contingency {

std::string signed_by(const Signature& by) {
  return by.person + " at " + sync::format_time(by.at_ms) + (by.reason.empty() ? "" : ": " + by.reason);
}

}  // namespace holdline::contingency
