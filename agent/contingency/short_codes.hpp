// The short codes of this workstation: made for a supervisor to read out, and read when somebody types one. Needs the
// key that the hub handed out beforehand, and neither hub nor network. Wrong guesses are counted in a file of their
// own, so that a restart gives none away.
//
// make() and code_of() from any thread; enter() waits for the disk: one thread that may.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contingency/code/code_entry.hpp"
#include "contingency/incident/incidents.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/files.hpp"

namespace holdline::agent {

struct ShortCode {
  std::string code;  // without separators
  contingency::CodeMeaning meaning;
  std::int64_t until_ms = 0;  // from then on no desk takes it, whose clock is right
};

// The next code of a scope that declares an incident nobody knows of here yet. `wall_ms`: corrected. Errors of
// make_code.
Result<ShortCode> make_short_code(const std::string& key, const std::string& scope, bool drill,
                                  const contingency::Incidents& known, std::int64_t wall_ms);
// The code by which another desk declares this incident, while there is one.
std::optional<ShortCode> short_code_of(const std::string& key, const contingency::Incident& incident,
                                       std::int64_t wall_ms);

// One thread.
class CodeAttempts {
 public:
  CodeAttempts(platform::Path file, contingency::ThrottleOptions options) : file_(std::move(file)), options_(options) {}

  void use(const contingency::ThrottleOptions& options) { options_ = options; }

  struct Typed {
    std::string code, person;
    std::vector<std::string> scopes;  // that an incident may concern here
  };
  // As CodeEntry::step. What was tried is durable before the answer is known to anybody; errors of the disk.
  Result<contingency::CodeAction> enter(const std::string& key, const contingency::Incidents& known, const Typed& typed,
                                        const sync::TimeReading& now, std::int64_t wall_ms);

 private:
  // `kept`: the file says so; else it is of an earlier run of this computer.
  struct Loaded {
    contingency::ThrottleCounts counts;
    bool kept = true;
  };
  Loaded load(const sync::TimeReading& now) const;
  Result<void> save(const contingency::ThrottleCounts& counts, const sync::TimeReading& now) const;

  platform::Path file_;
  contingency::ThrottleOptions options_;
};

}  // namespace holdline::agent
