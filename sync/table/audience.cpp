#include "sync/table/audience.hpp"

#include <algorithm>
#include <numeric>

#include "sync/action/merged.hpp"
#include "sync/table/export.hpp"
#include "sync/text/contact_hash.hpp"

namespace holdline::sync {

namespace {

constexpr int longest_chain_of_merges = 32;

std::string word_at(const Collection& collection, const Record& record, std::string_view field) {
  const auto at = collection.field(field);
  const auto* text = at ? std::get_if<std::string>(&record.fields[*at]) : nullptr;
  return text ? *text : std::string();
}

const Id* id_at(const Collection& collection, const Record& record, std::string_view field) {
  const auto at = collection.field(field);
  return at ? std::get_if<Id>(&record.fields[*at]) : nullptr;
}

std::int64_t time_at(const Collection& collection, const Record& record, std::string_view field) {
  const auto at = collection.field(field);
  const auto* ms = at ? std::get_if<std::int64_t>(&record.fields[*at]) : nullptr;
  return ms ? *ms : 0;
}

std::uint64_t sum(const std::array<std::uint64_t, left_out_kinds>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

// As it follows a number: "3 whose data may only be stored".
std::string_view words_of(LeftOut why) {
  switch (why) {
    case LeftOut::restricted:
      return "whose data may only be stored";
    case LeftOut::unverified:
      return "from a file, verified by nobody";
    case LeftOut::objected:
      return "who objected or asked to be erased";
    case LeftOut::no_consent:
      return "without consent to it";
    case LeftOut::do_not_contact:
      return "on the do-not-contact list";
  }
  return {};
}

}  // namespace

std::uint64_t LeftOutCounts::all_records() const { return sum(records); }
std::uint64_t LeftOutCounts::all_contacts() const { return sum(contacts); }

std::string described(const LeftOutCounts& counts) {
  std::string text;
  const auto add = [&](std::uint64_t count, std::string_view what, LeftOut why) {
    if (count == 0) return;
    text += (text.empty() ? "" : "; ") + std::to_string(count) + std::string(what) + " " + std::string(words_of(why));
  };
  for (std::size_t i = 0; i < left_out_kinds; ++i) add(counts.records[i], "", static_cast<LeftOut>(i));
  for (std::size_t i = 0; i < left_out_kinds; ++i)
    add(counts.contacts[i], counts.contacts[i] == 1 ? " number or address" : " numbers or addresses",
        static_cast<LeftOut>(i));
  return text;
}

// What a site calls a purpose of its own is taken for one that contacts people.
Audience::Use Audience::use_for(std::string_view purpose) {
  static constexpr std::array uses{
      Use{"contact_list", true, false, false},   Use{"callback_list", true, false, false},
      Use{"marketing", true, true, false},       Use{"handover", false, false, false},
      Use{"quality", false, false, false},       Use{"reporting", false, false, false},
      Use{"access_request", false, false, true}, Use{"migration", false, false, true},
  };
  const auto found = std::ranges::find(uses, purpose, &Use::purpose);
  return found == uses.end() ? Use{"", true, false, false} : *found;
}

Audience::Audience(const Schema& schema, const Collection& exported, std::string_view purpose, std::string_view key)
    : exported_(exported),
      use_(use_for(purpose)),
      key_(key),
      customers_(schema.collection("customer")),
      consents_(schema.collection("consent")),
      requests_(schema.collection("rights_request")),
      suppressions_(schema.collection("suppression")) {
  for (const Collection& kind : schema.collections())
    if (kind.parent && kind.natural_key && customers_ && kind.fields[*kind.parent].target == customers_->no)
      kinds_.push_back(&kind);
}

std::vector<const Collection*> Audience::wants() const {
  std::vector<const Collection*> wanted{customers_, requests_};
  if (use_.needs_consent) wanted.push_back(consents_);
  if (use_.contacts) wanted.push_back(suppressions_);
  std::erase(wanted, nullptr);
  return wanted;
}

void Audience::tell(const Collection& collection, const Record& record) {
  gathered_ = false;
  if (&collection == customers_) return tell_customer(record);
  if (&collection == consents_) return tell_consent(record);
  if (&collection == requests_) return tell_request(record);
  if (&collection == suppressions_) tell_suppression(record);
}

void Audience::tell_customer(const Record& customer) {
  live_.push_back(customer.key.id);
  if (const auto into = merged_into(*customers_, customer)) merged_.emplace(customer.key.id, *into);
  if (word_at(*customers_, customer, "processing") == "restricted") restricted_.insert(customer.key.id);
}

// The latest counts, and of two at one time the one that gives less.
void Audience::tell_consent(const Record& consent) {
  const Id* customer = id_at(*consents_, consent, "customer");
  if (customer == nullptr || word_at(*consents_, consent, "purpose") != "marketing") return;
  const std::int64_t at = time_at(*consents_, consent, "at");
  const Said said{at != 0 ? at : time_at(*consents_, consent, "recorded_at"),
                  word_at(*consents_, consent, "status") == "given"};
  constexpr std::array<std::string_view, 4> names{"phone", "sms", "email", "letter"};
  const std::string channel = word_at(*consents_, consent, "channel");
  SaidByChannel& known = said_[*customer];
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (channel != "any" && channel != names[i]) continue;
    const bool later = !known[i] || said.at > known[i]->at || (said.at == known[i]->at && !said.given);
    if (later) known[i] = said;
  }
}

// What somebody asked counts until it was refused.
void Audience::tell_request(const Record& request) {
  const Id* customer = id_at(*requests_, request, "customer");
  if (customer == nullptr || word_at(*requests_, request, "state") == "refused") return;
  const std::string kind = word_at(*requests_, request, "kind");
  if (kind == "restrict") restricted_.insert(*customer);
  if (kind == "object" || kind == "erase") objected_.insert(*customer);
}

void Audience::tell_suppression(const Record& suppression) {
  const std::string status = word_at(*suppressions_, suppression, "status");
  if (status == "allowed") return;
  const std::string purpose = word_at(*suppressions_, suppression, "purpose");
  listed_[word_at(*suppressions_, suppression, "value_hash")].push_back(purpose.empty() ? "any" : purpose);
}

Id Audience::root_of(const Id& customer) {
  if (!gathered_) gather();
  Id root = customer;
  for (int step = 0; step < longest_chain_of_merges; ++step) {
    const auto into = merged_.find(root);
    if (into == merged_.end()) break;
    root = into->second;
  }
  return root;
}

void Audience::gather() {
  gathered_ = true;
  if (merged_.empty()) return;
  std::ranges::sort(live_);
  std::erase_if(merged_, [&](const auto& one) { return !std::ranges::binary_search(live_, one.second); });
  for (std::unordered_set<Id>* marked : {&restricted_, &objected_}) {
    std::vector<Id> roots;
    for (const Id& one : *marked) roots.push_back(root_of(one));
    marked->insert(roots.begin(), roots.end());
  }
  for (const auto& [alias, into] : merged_) {
    const auto said = said_.find(alias);
    if (said == said_.end()) continue;
    const SaidByChannel of_alias = said->second;
    SaidByChannel& known = said_[root_of(alias)];
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (!of_alias[i]) continue;
      const bool later =
          !known[i] || of_alias[i]->at > known[i]->at || (of_alias[i]->at == known[i]->at && !of_alias[i]->given);
      if (later) known[i] = of_alias[i];
    }
  }
}

// A file does not say whether a number will be called or written to: it goes along when both are well.
bool Audience::may_use(const Id& customer, Channel channel) const {
  if (!use_.needs_consent) return true;
  const auto said = said_.find(customer);
  if (said == said_.end()) return false;
  const auto& by = said->second;
  const bool objected_to_sms = by[sms] && !by[sms]->given;
  return by[channel] && by[channel]->given && (channel != phone || !objected_to_sms);
}

bool Audience::is_on_the_list(std::string_view kind, const Value& value, std::string_view purpose) const {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || listed_.empty()) return false;
  return std::ranges::any_of(contact_hashes(key_, kind, *text), [&](const std::string& hash) {
    const auto found = listed_.find(hash);
    return found != listed_.end() &&
           std::ranges::any_of(found->second, [&](const std::string& of) { return of == "any" || of == purpose; });
  });
}

// Of an entry or a callback, which carries the number it needs.
bool Audience::is_on_the_list(const Record& record) const {
  if (!use_.contacts || &exported_ == customers_) return false;
  const std::string own = word_at(exported_, record, "purpose");
  const std::string purpose = use_.needs_consent ? "marketing" : own.empty() ? "service" : own;
  for (FieldIndex i = 0; i < exported_.fields.size(); ++i) {
    const FieldType type = exported_.fields[i].type;
    if (type == FieldType::phone && is_on_the_list("number", record.fields[i], purpose)) return true;
    if (type == FieldType::email && is_on_the_list("email", record.fields[i], purpose)) return true;
  }
  return false;
}

std::optional<LeftOut> Audience::why_not(const Record& record, const Id& customer) const {
  if (!use_.with_restricted && restricted_.contains(customer)) return LeftOut::restricted;
  if (use_.needs_consent && &exported_ == customers_ && is_unverified(*customers_, record)) return LeftOut::unverified;
  if (use_.needs_consent && objected_.contains(customer)) return LeftOut::objected;
  if (is_on_the_list(record)) return LeftOut::do_not_contact;
  if (!use_.needs_consent) return std::nullopt;
  const bool any = may_use(customer, phone) || may_use(customer, email) || may_use(customer, letter);
  return any ? std::nullopt : std::optional(LeftOut::no_consent);
}

std::optional<LeftOut> Audience::take_contacts_away(const Id& customer, Record& record, std::vector<Record>& children) {
  const std::string_view purpose = use_.needs_consent ? "marketing" : "service";
  std::optional<LeftOut> taken;
  const auto take = [&](LeftOut why) {
    ++left_out_.contacts[static_cast<std::size_t>(why)];
    taken = std::max(taken.value_or(why), why);
    return true;
  };
  std::erase_if(children, [&](const Record& child) {
    const auto kind = std::ranges::find(kinds_, child.key.collection, &Collection::no);
    if (child.deleted || kind == kinds_.end()) return false;
    const bool is_phone = (*kind)->fields[*(*kind)->natural_key].type == FieldType::phone;
    const Value& value = child.fields[*(*kind)->natural_key];
    if (word_at(**kind, child, "use") == "do_not_use" || is_on_the_list(is_phone ? "number" : "email", value, purpose))
      return take(LeftOut::do_not_contact);
    return !may_use(customer, is_phone ? phone : email) && take(LeftOut::no_consent);
  });
  bool reachable = !children.empty() || !use_.needs_consent;
  // The postal address is one value.
  if (const auto street = customers_->field("street")) {
    const MergeUnit& postal = customers_->units[customers_->unit_of[*street]];
    const bool stands = std::ranges::any_of(postal.fields, [&](FieldIndex at) { return !is_null(record.fields[at]); });
    if (stands && may_use(customer, letter)) reachable = true;
    if (stands && !may_use(customer, letter)) {
      take(LeftOut::no_consent);
      for (const FieldIndex at : postal.fields) record.fields[at] = Null{};
    }
  }
  return reachable ? std::nullopt : taken;
}

bool Audience::admit(Record& record, std::vector<Record>& children) {
  if (!gathered_) gather();
  const bool of_customers = &exported_ == customers_;
  const Id* named = of_customers ? &record.key.id : id_at(exported_, record, "customer");
  const Id customer = named == nullptr ? Id{} : root_of(*named);
  auto why = why_not(record, customer);
  const LeftOutCounts before = left_out_;
  if (!why && of_customers && use_.contacts) why = take_contacts_away(customer, record, children);
  if (!why) return true;
  left_out_ = before;
  ++left_out_.records[static_cast<std::size_t>(*why)];
  return false;
}

}  // namespace holdline::sync
