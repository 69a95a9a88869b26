// What a case tells of the requests in it.
#include "contingency/callbacks/case.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "contingency/callbacks/division.hpp"
#include "contingency/callbacks/outcome.hpp"

namespace holdline::contingency {

namespace {

void add(std::vector<std::string>& to, const std::string& text) {
  if (!text.empty() && std::ranges::find(to, text) == to.end()) to.push_back(text);
}

bool holds(const std::vector<sync::Id>& ids, const sync::Id& id) { return std::ranges::find(ids, id) != ids.end(); }

// How one request stands after the decisions and calls of its case.
enum class Standing : std::uint8_t { open, asked, done, elsewhere, refused, cancelled };

Standing by_calls(const CallbackRequest& request, const CallbackCase& of, const auto& request_of) {
  Standing standing = Standing::open;
  for (const CallAttempt& attempt : of.attempts) {
    const Outcome* outcome = outcome_named(attempt.outcome);
    if (outcome == nullptr || outcome->next != NextStep::close || request.contact_ms > attempt.started_ms) continue;
    const Standing closed = outcome->refuses_calls || outcome->name == "refused" ? Standing::refused : Standing::done;
    if (holds(attempt.requests, request.id) || outcome->refuses_calls) return closed;
    const bool same_reason = std::ranges::any_of(attempt.requests, [&](const sync::Id& id) {
      const CallbackRequest* other = request_of(id);
      return other != nullptr && other->reason == request.reason;
    });
    if (outcome->connected && same_reason) standing = Standing::asked;
  }
  return standing;
}

Standing standing_of(const CallbackRequest& request, const CallbackCase& of,
                     const std::vector<const CaseDecision*>& decisions, const auto& request_of) {
  if (request.cancelled) {  // a call that closed it says so as well
    const Standing called = by_calls(request, of, request_of);
    return called == Standing::done || called == Standing::refused ? called : Standing::cancelled;
  }
  for (const CaseDecision* decision : decisions) {
    if (decision->kind == CaseDecision::Kind::covered && holds(decision->requests, request.id)) return Standing::done;
    if (decision->kind == CaseDecision::Kind::settled && request.contact_ms <= decision->by.at_ms &&
        std::ranges::any_of(decision->requests, [&](const sync::Id& id) { return holds(of.requests, id); }))
      return Standing::elsewhere;
  }
  return by_calls(request, of, request_of);
}

// The time that was promised last: by whoever took it, or by who had to promise another one.
std::pair<std::int64_t, std::int64_t> promised(const CallbackRequest& request,
                                               const std::vector<const CaseDecision*>& decisions) {
  std::pair window(request.promise_start_ms, request.promise_end_ms);
  for (const CaseDecision* decision : decisions)
    if (decision->kind == CaseDecision::Kind::promised && holds(decision->requests, request.id))
      window = {decision->promise_start_ms, decision->promise_end_ms};
  return window;
}

CaseNeed need_of(const std::vector<Standing>& standings, const CallbackCase& of) {
  const auto any = [&](Standing standing) { return std::ranges::find(standings, standing) != standings.end(); };
  if (any(Standing::open)) {
    const Outcome* last = of.attempts.empty() ? nullptr : outcome_named(of.attempts.back().outcome);
    return of.facts.deceased || (last != nullptr && last->next == NextStep::review) ? CaseNeed::review : CaseNeed::call;
  }
  if (any(Standing::asked)) return CaseNeed::ask;
  if (any(Standing::refused)) return CaseNeed::refused;
  if (any(Standing::done)) return CaseNeed::done;
  return any(Standing::elsewhere) ? CaseNeed::elsewhere : CaseNeed::cancelled;
}

}  // namespace

std::string_view name_of(CaseNeed need) {
  constexpr std::array<std::string_view, 7> names{"call", "ask", "review", "done", "elsewhere", "refused", "cancelled"};
  return names[static_cast<std::size_t>(need)];
}

std::string_view name_of(CaseHint::Why why) {
  constexpr std::array<std::string_view, 5> names{"same-number", "unclear-name", "two-customers", "guarded",
                                                  "same-name"};
  return names[static_cast<std::size_t>(why)];
}

std::string_view name_of(CaseDecision::Kind kind) {
  constexpr std::array<std::string_view, 6> names{"together", "apart", "settled", "covered", "first", "promised"};
  return names[static_cast<std::size_t>(kind)];
}

// Marketing among what is open makes it marketing: the refusals of all of them count then.
Purpose CallbackCase::purpose() const {
  return purposes == 0 ? Purpose::service : static_cast<Purpose>(std::bit_width(purposes) - 1);
}

CallbackCase CaseDivision::make(const std::vector<std::size_t>& group) const {
  CallbackCase made;
  for (const std::size_t member : group) made.requests.push_back(request(member).id);
  made.id = made.requests.front();
  made.client = client_of(request(group.front()));
  made.scope = request(group.front()).scope;
  tell_facts(group, made);
  tell_numbers(group, made);
  tell_standing(group, made);
  return made;
}

void CaseDivision::tell_facts(const std::vector<std::size_t>& group, CallbackCase& made) const {
  for (const std::size_t member : group) {
    const CallbackRequest& one = request(member);
    add(made.names, one.name);
    add(made.reaches, one.reach);
    add(made.reasons, one.reason);
    add(made.languages, one.language);
    add(made.skills, one.skill);
    if (one.customer.is_nil() || !made.facts.customer.is_nil()) continue;
    const sync::Id customer = of_.known_as(one.customer);
    if (const CustomerFacts* facts = of_.facts_of(customer)) made.facts = *facts;
    made.facts.customer = customer;
  }
  std::set<std::uint32_t> attempts;
  for (const std::size_t member : group)
    for (const std::uint32_t attempt : of_.held_[members_[member]].attempts) attempts.insert(attempt);
  for (const std::uint32_t attempt : attempts) made.attempts.push_back(of_.attempts_[attempt]);
  std::ranges::sort(made.attempts, {}, [](const CallAttempt& one) { return std::pair(one.started_ms, one.id); });
  for (const CaseDecision* decision : decisions_) {
    if (std::ranges::none_of(decision->requests, [&](const sync::Id& id) { return holds(made.requests, id); }))
      continue;
    if (decision->kind == CaseDecision::Kind::first) made.first = decision->by;
    if (decision->kind == CaseDecision::Kind::settled) made.settled = decision->by;
  }
}

// Who was rung at a number that is of no use is not rung there again; a refusal holds for whoever asked for it.
void CaseDivision::tell_numbers(const std::vector<std::size_t>& group, CallbackCase& made) const {
  std::map<std::string, CaseNumber> numbers;
  for (const std::size_t member : group) {
    const CallbackRequest& one = request(member);
    if (one.number.empty()) continue;
    CaseNumber& number = numbers[one.number];
    ++number.given;
    number.given_ms = std::max(number.given_ms, one.contact_ms);
  }
  for (const std::string& known : made.facts.numbers) numbers[known];
  for (auto& [text, number] : numbers) {
    number.number = text;
    if (const auto refused = of_.refused_.find(number_key(made.client, text)); refused != of_.refused_.end())
      number.refused = refused->second;
    number.off = std::ranges::find(made.facts.not_to_use, text) != made.facts.not_to_use.end();
    for (const CallAttempt& attempt : made.attempts)
      if (const Outcome* outcome = outcome_named(attempt.outcome); outcome != nullptr && attempt.number == text)
        number.off = number.off || outcome->needs_number_off;
    made.numbers.push_back(number);
  }
  std::ranges::sort(made.numbers, [](const CaseNumber& a, const CaseNumber& b) {
    return std::tuple(a.off, a.refused, -std::int64_t{a.given}, -a.given_ms, a.number) <
           std::tuple(b.off, b.refused, -std::int64_t{b.given}, -b.given_ms, b.number);
  });
}

void CaseDivision::tell_standing(const std::vector<std::size_t>& group, CallbackCase& made) const {
  const auto request_of = [&](const sync::Id& id) { return of_.request(id); };
  std::vector<Standing> standings;
  for (const std::size_t member : group) {
    const CallbackRequest& one = request(member);
    standings.push_back(standing_of(one, made, decisions_, request_of));
    if (standings.back() == Standing::asked) made.asked.push_back(one.id);
    if (standings.back() != Standing::open) continue;
    made.open.push_back(one.id);
    made.purposes |= bit_of(one.purpose);
    if (made.contact_ms == 0 || one.contact_ms < made.contact_ms) made.contact_ms = one.contact_ms;
    if (made.promise_zone.empty()) made.promise_zone = one.promise_zone;  // told, though no time was
    const auto [from_ms, until_ms] = promised(one, decisions_);
    const std::int64_t end_ms = until_ms != 0 ? until_ms : from_ms;
    if (end_ms == 0 || (made.promise_end_ms != 0 && end_ms >= made.promise_end_ms)) continue;
    made.promise_end_ms = end_ms;
    made.promise_start_ms = from_ms;
    made.promise_zone = one.promise_zone;
  }
  made.need = need_of(standings, made);
  if (made.contact_ms == 0) made.contact_ms = request(group.front()).contact_ms;
}

}  // namespace holdline::contingency
