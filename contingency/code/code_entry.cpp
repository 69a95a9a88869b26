#include "contingency/code/code_entry.hpp"

namespace holdline::contingency {

namespace {

Result<Incident> declared_by_code(const CodeMeaning& meaning, const std::string& person, std::int64_t wall_ms) {
  Declaration declaration;
  declaration.id = meaning.incident();
  declaration.title = "Declared by code";
  declaration.scopes = {meaning.scope};
  declaration.how = DeclaredBy::code;
  declaration.drill = meaning.drill;
  Ask ask;
  ask.role = by_code;
  ask.reason = "A supervisor's code, typed at this desk.";
  ask.typed_word = true;
  return declare(std::move(declaration), ServiceTrigger::declare, ask, {}, person, wall_ms);
}

}  // namespace

CodeAction CodeEntry::step(const CodeDesk& desk, const Incidents& known, std::string_view typed,
                           const std::string& person, std::int64_t now_ms, std::int64_t wall_ms) {
  if (const std::int64_t wait_ms = throttle_.wait_ms(now_ms); wait_ms > 0)
    return action::CodeRefused{{ErrorKind::retry_later, "code-wait",
                                "Too many codes that are none. Wait " + std::to_string((wait_ms + 999) / 1000) +
                                    " s, or have a supervisor declare at this desk."},
                               wait_ms};
  const auto meaning = read_code(desk.key, desk.site, desk.scopes, typed, wall_ms);
  if (!meaning) {
    if (meaning.error().code == "code-unknown") throttle_.tried(false, now_ms);
    return action::CodeRefused{meaning.error(), throttle_.wait_ms(now_ms)};
  }
  throttle_.tried(true, now_ms);
  const Incident* incident = known.find(meaning->incident());
  if (incident && !incident->in_force())
    return action::CodeRefused{
        {ErrorKind::ask_person, "incident-ended", "The incident of this code is over. Ask for a new code."}, 0};
  if (incident) return action::CodeRepeats{meaning->incident()};
  auto declared = declared_by_code(*meaning, person, wall_ms);
  if (!declared) return action::CodeRefused{declared.error(), 0};
  return action::CodeDeclares{*std::move(declared)};
}

}  // namespace holdline::contingency
