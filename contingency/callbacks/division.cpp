// Which requests of what is connected are one matter.
#include "contingency/callbacks/division.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "contingency/callbacks/names.hpp"

namespace holdline::contingency {

namespace {

// At a number with more callers than this, a switchboard, only equal names are one.
constexpr std::size_t most_callers = 64;
constexpr std::size_t most_names = 8;

}  // namespace

CaseDivision::CaseDivision(const Cases& of, std::vector<std::uint32_t> members)
    : of_(of), members_(std::move(members)) {
  const auto place = [&](std::uint32_t held) {
    const CallbackRequest& request = of_.held_[held].request;
    return std::pair(request.contact_ms, request.id);
  };
  std::ranges::sort(members_, {}, place);
  std::set<std::uint32_t> named;
  for (std::size_t n = 0; n < members_.size(); ++n) {
    label_.push_back(n);
    for (const std::uint32_t decision : of_.held_[members_[n]].decisions) named.insert(decision);
  }
  for (const std::uint32_t decision : named) decisions_.push_back(&of_.decisions_[decision]);
  std::ranges::sort(decisions_, [](const auto* a, const auto* b) { return decided_before(*a, *b); });
}

void CaseDivision::join(std::size_t a, std::size_t b) {
  const std::size_t into = std::min(label_[a], label_[b]), from = std::max(label_[a], label_[b]);
  if (into == from) return;
  for (std::size_t& label : label_)
    if (label == from) label = into;
}

// One for each customer, and one for each name at each number of those nobody knows.
void CaseDivision::find_callers() {
  std::map<std::pair<sync::Id, std::string>, std::size_t> known;
  for (std::size_t member = 0; member < members_.size(); ++member) {
    const Cases::Held& held = of_.held_[members_[member]];
    const sync::Id customer = of_.known_as(held.request.customer);
    std::string key;
    if (customer.is_nil()) {
      for (const std::string& word : held.words) key += word + " ";
      // Without a number nothing says that two of one name are one.
      key += held.request.number.empty() ? std::string(held.request.id.view()) : held.request.number;
    }
    const auto [found, added] = known.try_emplace({customer, std::move(key)}, callers_.size());
    if (added) {
      Caller& caller = callers_.emplace_back();
      caller.customer = customer;
      const CustomerFacts* facts = of_.facts_of(customer);
      caller.guarded = facts != nullptr && (facts->vulnerable || facts->restricted);
    }
    Caller& caller = callers_[found->second];
    caller.requests.push_back(member);
    label_[member] = caller.requests.front();
    const auto same = [&](const auto* words) { return *words == held.words; };
    if (caller.names.size() < most_names && std::ranges::none_of(caller.names, same))
      caller.names.push_back(&held.words);
  }
}

void CaseDivision::join_at_numbers() {
  std::map<std::string_view, std::vector<std::size_t>> at;
  std::set<std::pair<std::size_t, std::string_view>> told;
  for (std::size_t caller = 0; caller < callers_.size(); ++caller) {
    const auto tell = [&](std::string_view number) {
      if (!number.empty() && told.emplace(caller, number).second) at[number].push_back(caller);
    };
    for (const std::size_t member : callers_[caller].requests) tell(request(member).number);
    if (const CustomerFacts* facts = of_.facts_of(callers_[caller].customer))
      for (const std::string& number : facts->numbers) tell(number);
  }
  for (const auto& [number, callers] : at)
    if (callers.size() > 1 && callers.size() <= most_callers) join_at(callers);
}

// Two of one number are one when their names fit and the same others fit both: then it does not matter through whom
// they are one, nor who came first. Where "Smith" fits Anna and Adam, a person says whom it means.
void CaseDivision::join_at(const std::vector<std::size_t>& callers) {
  std::vector<std::uint64_t> fits(callers.size());
  for (std::size_t a = 0; a < callers.size(); ++a) {
    fits[a] |= std::uint64_t{1} << a;
    for (std::size_t b = 0; b < a; ++b) {
      if (!fit(callers_[callers[a]], callers_[callers[b]])) continue;
      fits[a] |= std::uint64_t{1} << b;
      fits[b] |= std::uint64_t{1} << a;
    }
  }
  for (std::size_t a = 0; a < callers.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) {
      const Caller &one = callers_[callers[b]], &other = callers_[callers[a]];
      if (fits[a] == fits[b]) {
        join(one.requests.front(), other.requests.front());
        continue;
      }
      const auto why = !one.customer.is_nil() && !other.customer.is_nil() ? CaseHint::Why::two_customers
                       : one.guarded || other.guarded                     ? CaseHint::Why::guarded
                       : (fits[a] >> b & 1U) != 0                         ? CaseHint::Why::unclear_name
                                                                          : CaseHint::Why::same_number;
      hints_.push_back({one.requests.front(), other.requests.front(), why});
    }
}

// Never of two customers, and never of one who is protected and somebody who gave no proof.
bool CaseDivision::fit(const Caller& a, const Caller& b) const {
  if ((!a.customer.is_nil() && !b.customer.is_nil()) || a.guarded || b.guarded) return false;
  return std::ranges::any_of(a.names, [&](const auto* one) {
    return std::ranges::any_of(b.names, [&](const auto* other) { return names_fit(*one, *other); });
  });
}

// Sequentially, in the order in which they were made: each speaks of the cases as they stood then, and stands for what
// came in since.
void CaseDivision::decide() {
  std::map<sync::Id, std::size_t> at;
  if (!decisions_.empty())
    for (std::size_t member = 0; member < members_.size(); ++member) at.emplace(request(member).id, member);
  const auto members = [&](const std::vector<sync::Id>& ids) {
    std::vector<std::size_t> found;
    for (const sync::Id& id : ids)
      if (const auto member = at.find(id); member != at.end()) found.push_back(member->second);
    return found;
  };
  for (const CaseDecision* decision : decisions_) {
    const auto ones = members(decision->requests), others = members(decision->others);
    if (decision->kind == CaseDecision::Kind::together) {
      const std::size_t first = !ones.empty() ? ones.front() : others.empty() ? 0 : others.front();
      for (const auto* side : {&ones, &others})
        for (const std::size_t member : *side) join(first, member);
    } else if (decision->kind == CaseDecision::Kind::apart) {
      std::set<std::size_t> left;
      for (const std::size_t member : others) left.insert(label_[member]);
      // Labels are places of members: the first one of those that go names the new group, unless it names the old one.
      std::map<std::size_t, std::size_t> leaving;
      for (const std::size_t member : ones) {
        if (!left.contains(label_[member])) continue;
        const std::size_t from = label_[member];
        label_[member] = leaving.try_emplace(from, members_.size() + member).first->second;
      }
      std::map<std::size_t, std::size_t> first;  // each group is called by its first member again
      for (std::size_t member = 0; member < label_.size(); ++member) first.try_emplace(label_[member], member);
      for (std::size_t& label : label_) label = first.at(label);
    }
  }
}

std::vector<std::vector<std::size_t>> CaseDivision::groups() const {
  std::map<std::size_t, std::vector<std::size_t>> by_label;
  for (std::size_t member = 0; member < members_.size(); ++member) by_label[label_[member]].push_back(member);
  std::vector<std::vector<std::size_t>> groups;
  for (auto& [label, group] : by_label) groups.push_back(std::move(group));
  return groups;
}

// In the order of contact, each to the first part that one agent could still do with it.
std::vector<std::vector<std::size_t>> CaseDivision::by_skill(const std::vector<std::size_t>& group) const {
  if (of_.options_.skills.empty()) return {group};
  const auto covered = [&](const std::set<std::string>& skills) {
    return skills.size() < 2 || std::ranges::any_of(of_.options_.skills, [&](const auto& agent) {
             return std::ranges::all_of(
                 skills, [&](const auto& skill) { return std::ranges::find(agent, skill) != agent.end(); });
           });
  };
  std::vector<std::vector<std::size_t>> parts;
  std::vector<std::set<std::string>> skills;
  for (const std::size_t member : group) {
    std::size_t part = 0;
    for (; part < parts.size(); ++part) {
      std::set<std::string> with = skills[part];
      if (!request(member).skill.empty()) with.insert(request(member).skill);
      if (!covered(with)) continue;
      skills[part] = std::move(with);
      break;
    }
    if (part == parts.size()) {
      parts.emplace_back();
      skills.emplace_back();
      if (!request(member).skill.empty()) skills.back().insert(request(member).skill);
    }
    parts[part].push_back(member);
  }
  return parts;
}

std::vector<CallbackCase> CaseDivision::cases() {
  find_callers();
  join_at_numbers();
  decide();
  std::vector<CallbackCase> made;
  for (const auto& group : groups()) {
    sync::Id before;
    for (const auto& part : by_skill(group)) {
      made.push_back(make(part));
      made.back().after = before;
      before = made.back().id;
    }
  }
  hint(made);
  return made;
}

void CaseDivision::hint(std::vector<CallbackCase>& made) const {
  if (hints_.empty()) return;
  std::map<sync::Id, CallbackCase*> in;
  for (CallbackCase& one : made)
    for (const sync::Id& id : one.requests) in[id] = &one;
  for (const Hint& hint : hints_) {
    if (of_.told_apart(of_.held_[members_[hint.a]], of_.held_[members_[hint.b]])) continue;
    CallbackCase *a = in.at(request(hint.a).id), *b = in.at(request(hint.b).id);
    const auto tell = [&](CallbackCase& to, const CallbackCase& other) {
      if (to.hints.size() < of_.options_.hints &&
          std::ranges::find(to.hints, other.id, &CaseHint::other) == to.hints.end())
        to.hints.push_back({other.id, hint.why});
    };
    if (a == b || label_[hint.a] == label_[hint.b]) continue;
    tell(*a, *b);
    tell(*b, *a);
  }
}

}  // namespace holdline::contingency
