// Keeps requests and what is known beside them, and which of them are connected.
#include "contingency/callbacks/cases.hpp"

#include <algorithm>

#include "contingency/callbacks/division.hpp"
#include "contingency/callbacks/names.hpp"

namespace holdline::contingency {

namespace {

constexpr std::uint32_t no_request = 0xffffffff;
constexpr std::size_t longest_alias = 16;  // merged customers of merged customers

}  // namespace

std::string customer_key(std::string_view client, const sync::Id& customer) {
  return "c" + std::string(client) + "\n" + std::string(customer.view());
}

std::string number_key(std::string_view client, std::string_view number) {
  return "n" + std::string(client) + "\n" + std::string(number);
}

std::uint32_t Cases::add_node(std::uint32_t held) {
  const auto node = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({node, node, 1, held});
  return node;
}

std::uint32_t Cases::key_node(std::string key) {
  const auto [found, added] = keys_.try_emplace(std::move(key), 0);
  if (added) found->second = add_node(no_request);
  return found->second;
}

std::uint32_t Cases::request_node(const sync::Id& id) {
  const auto [found, added] = of_request_.try_emplace(id, 0);
  if (added) {
    found->second = add_node(static_cast<std::uint32_t>(held_.size()));
    held_.emplace_back().request.id = id;
  }
  return found->second;
}

std::uint32_t Cases::root_of(std::uint32_t node) {
  while (nodes_[node].parent != node) {
    nodes_[node].parent = nodes_[nodes_[node].parent].parent;
    node = nodes_[node].parent;
  }
  return node;
}

// The smaller one joins the larger one; two rings become one when their next ones change places.
void Cases::connect(std::uint32_t a, std::uint32_t b) {
  a = root_of(a);
  b = root_of(b);
  if (a == b) return;
  if (nodes_[a].size < nodes_[b].size) std::swap(a, b);
  nodes_[b].parent = a;
  nodes_[a].size += nodes_[b].size;
  std::swap(nodes_[a].next, nodes_[b].next);
  // What was divided there is divided anew with the rest.
  if (const auto had = divided_.find(b); had != divided_.end()) {
    auto& into = divided_[a];
    into.insert(into.end(), had->second.begin(), had->second.end());
    divided_.erase(b);
  }
  touch(a);
}

void Cases::take(CallbackRequest request) {
  const std::uint32_t node = request_node(request.id);
  Held& held = held_[nodes_[node].held];
  if (!held.known) ++known_;
  const std::string client(client_of(request));
  std::string folded = normalizer_.folded_name(request.name);
  if (!held.known || folded != held.folded) {
    by_name_[client + "\n" + folded].push_back(nodes_[node].held);
    held.folded = std::move(folded);
    held.words = words_of_name(held.folded);
  }
  held.known = true;
  held.request = std::move(request);
  const CallbackRequest& kept = held.request;
  touch(node);
  if (!kept.customer.is_nil()) connect(node, key_node(customer_key(client, kept.customer)));
  if (!kept.number.empty()) connect(node, key_node(number_key(client, kept.number)));
  for (const std::uint32_t decision : held.decisions) connect_named(decisions_[decision]);
}

// Whatever it names and is known, within one client.
void Cases::connect_named(const CaseDecision& decision) {
  std::map<std::string_view, std::uint32_t> first;
  for (const auto* side : {&decision.requests, &decision.others})
    for (const sync::Id& id : *side) {
      const std::uint32_t node = of_request_.at(id);
      const Held& held = held_[nodes_[node].held];
      if (held.known) connect(node, first.try_emplace(client_of(held.request), node).first->second);
    }
}

void Cases::take(CaseDecision decision) {
  const auto [found, added] = of_decision_.try_emplace(decision.id, static_cast<std::uint32_t>(decisions_.size()));
  if (!added) return;  // nobody changes what was decided
  for (const auto* side : {&decision.requests, &decision.others})
    for (const sync::Id& id : *side) {
      const std::uint32_t node = request_node(id);
      held_[nodes_[node].held].decisions.push_back(found->second);
      touch(node);
    }
  connect_named(decision);
  decisions_.push_back(std::move(decision));
}

void Cases::take(CallAttempt attempt) {
  const auto [found, added] = of_attempt_.try_emplace(attempt.id, static_cast<std::uint32_t>(attempts_.size()));
  for (const sync::Id& id : attempt.requests) {
    const std::uint32_t node = request_node(id);
    auto& named = held_[nodes_[node].held].attempts;
    if (std::ranges::find(named, found->second) == named.end()) named.push_back(found->second);
    touch(node);
  }
  if (added)
    attempts_.push_back(std::move(attempt));
  else
    attempts_[found->second] = std::move(attempt);
}

void Cases::take(CustomerFacts facts) {
  const std::uint32_t node = key_node(customer_key(facts.client, facts.customer));
  if (!facts.merged_into.is_nil()) connect(node, key_node(customer_key(facts.client, facts.merged_into)));
  for (const std::string& number : facts.numbers) connect(node, key_node(number_key(facts.client, number)));
  touch(node);
  const sync::Id customer = facts.customer;
  facts_[customer] = std::move(facts);
}

void Cases::take(const NumberRefusal& refusal) {
  const std::string key = number_key(refusal.client, refusal.number);
  refused_[key] |= refusal.purposes;
  if (const auto node = keys_.find(key); node != keys_.end()) touch(node->second);
}

const CustomerFacts* Cases::facts_of(const sync::Id& customer) const {
  const auto found = facts_.find(customer);
  return found == facts_.end() ? nullptr : &found->second;
}

// Aliases that lead in a circle end somewhere all the same.
sync::Id Cases::known_as(sync::Id customer) const {
  for (std::size_t step = 0; step < longest_alias; ++step) {
    const CustomerFacts* facts = facts_of(customer);
    if (facts == nullptr || facts->merged_into.is_nil()) break;
    customer = facts->merged_into;
  }
  return customer;
}

std::vector<sync::Id> Cases::settle() {
  std::vector<std::uint32_t> roots;
  roots.reserve(dirty_.size());
  for (const std::uint32_t node : dirty_) roots.push_back(root_of(node));
  dirty_.clear();
  std::ranges::sort(roots);
  const auto twice = std::ranges::unique(roots);
  roots.erase(twice.begin(), twice.end());
  std::vector<sync::Id> changed;
  for (const std::uint32_t root : roots) divide(root, changed);
  return changed;
}

void Cases::divide(std::uint32_t root, std::vector<sync::Id>& changed) {
  auto& ids = divided_[root];
  for (const sync::Id& id : ids) cases_.erase(id);
  ids.clear();
  std::vector<std::uint32_t> members;
  std::uint32_t node = root;
  do {
    const std::uint32_t held = nodes_[node].held;
    if (held != no_request && held_[held].known) members.push_back(held);
    node = nodes_[node].next;
  } while (node != root);
  if (members.empty()) return;
  for (CallbackCase& made : CaseDivision(*this, std::move(members)).cases()) {
    for (const sync::Id& id : made.requests) held_[nodes_[of_request_.at(id)].held].in = made.id;
    ids.push_back(made.id);
    changed.push_back(made.id);
    const sync::Id id = made.id;
    cases_.insert_or_assign(id, std::move(made));
  }
}

const CallbackCase* Cases::find(const sync::Id& request) const {
  const auto node = of_request_.find(request);
  if (node == of_request_.end()) return nullptr;
  const auto found = cases_.find(held_[nodes_[node->second].held].in);
  return found == cases_.end() ? nullptr : &found->second;
}

const CallbackRequest* Cases::request(const sync::Id& id) const {
  const auto node = of_request_.find(id);
  if (node == of_request_.end()) return nullptr;
  const Held& held = held_[nodes_[node->second].held];
  return held.known ? &held.request : nullptr;
}

std::vector<CaseHint> Cases::hints(const CallbackCase& of) const {
  std::vector<CaseHint> hints = of.hints, found;
  for (const sync::Id& id : of.requests) {
    const Held& held = held_[nodes_[of_request_.at(id)].held];
    if (held.words.size() < 2) continue;  // half the world is called Smith
    const auto same = by_name_.find(of.client + "\n" + held.folded);
    if (same == by_name_.end()) continue;
    for (const std::uint32_t at : same->second)
      if (const Held& other = held_[at]; other.in != of.id && other.folded == held.folded && !told_apart(held, other))
        found.push_back({other.in, CaseHint::Why::same_name});
  }
  std::ranges::sort(found, {}, &CaseHint::other);
  for (const CaseHint& hint : found)
    if (hints.size() < options_.hints && std::ranges::find(hints, hint.other, &CaseHint::other) == hints.end())
      hints.push_back(hint);
  return hints;
}

bool Cases::told_apart(const Held& a, const Held& b) const {
  const auto names = [](const std::vector<sync::Id>& ids, const Held& held) {
    return std::ranges::find(ids, held.request.id) != ids.end();
  };
  return std::ranges::any_of(a.decisions, [&](std::uint32_t at) {
    const CaseDecision& decision = decisions_[at];
    return decision.kind == CaseDecision::Kind::apart && ((names(decision.requests, a) && names(decision.others, b)) ||
                                                          (names(decision.others, a) && names(decision.requests, b)));
  });
}

}  // namespace holdline::contingency
