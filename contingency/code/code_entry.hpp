// A desk at which somebody types a short code: the throttle, the code and what is known of its incident, in one step.
// Not thread-safe.
#pragma once

#include <variant>

#include "contingency/code/short_code.hpp"
#include "contingency/code/throttle.hpp"
#include "contingency/incident/incidents.hpp"

namespace holdline::contingency {

namespace action {
// Keep and show this incident; it is in force at this desk from now on, and goes to the hub with what is typed.
struct CodeDeclares {
  Incident incident;
};
// In force here already: somebody typed it before, or the hub told. Nothing is to be done.
struct CodeRepeats {
  sync::Id incident;
};
struct CodeRefused {
  Error error;  // of read_code; "code-wait" (retry_later); "incident-ended"
  std::int64_t wait_ms = 0;
};
}  // namespace action
using CodeAction = std::variant<action::CodeDeclares, action::CodeRepeats, action::CodeRefused>;

struct CodeDesk {
  std::string key;  // of the site, as bytes
  std::string site;
  std::vector<std::string> scopes;  // that an incident here may concern
};

class CodeEntry {
 public:
  explicit CodeEntry(Throttle throttle = Throttle()) : throttle_(throttle) {}

  // `person` types; `known` is what this desk knows. `now_ms` is monotonic, `wall_ms` the corrected Unix time.
  CodeAction step(const CodeDesk& desk, const Incidents& known, std::string_view typed, const std::string& person,
                  std::int64_t now_ms, std::int64_t wall_ms);
  const Throttle& throttle() const { return throttle_; }

 private:
  Throttle throttle_;
};

}  // namespace holdline::contingency
