// Figures that compare the outage with other days, complaints, and what people disagreed about.
#include <algorithm>
#include <map>

#include "contingency/report/sections.hpp"

namespace holdline::contingency {

namespace {

constexpr std::int64_t day_ms = 86'400'000, again_within_ms = 7 * day_ms;

struct ContactFigures {
  std::vector<std::int64_t> handling;
  std::size_t settled_at_once = 0, judged = 0;
  std::size_t satisfaction = 0, asked = 0;

  std::optional<double> handling_seconds() const {
    if (handling.empty()) return std::nullopt;
    double all = 0;
    for (const std::int64_t ms : handling) all += static_cast<double>(ms) / 1000;
    return all / static_cast<double>(handling.size());
  }
  std::optional<double> average_satisfaction() const {
    if (asked == 0) return std::nullopt;
    return static_cast<double>(satisfaction) / static_cast<double>(asked);
  }
};

// Whether they came again about the same within seven days. Nothing: it cannot be told.
std::optional<bool> came_again(const std::multimap<sync::Id, const ContactHeld*>& by_customer,
                               const ContactHeld& contact, std::int64_t now_ms) {
  if (!contact.incoming || contact.customer == sync::Id{} || now_ms - contact.start_ms < again_within_ms)
    return std::nullopt;
  const auto [first, last] = by_customer.equal_range(contact.customer);
  return std::any_of(first, last, [&](const auto& other) {
    const std::int64_t after = other.second->start_ms - contact.start_ms;
    return other.second->incoming && after > 0 && after <= again_within_ms && other.second->reason == contact.reason;
  });
}

std::map<bool, ContactFigures> figures_of(const ReportFacts& facts) {
  std::multimap<sync::Id, const ContactHeld*> by_customer;
  for (const ContactHeld& contact : facts.contacts) by_customer.emplace(contact.customer, &contact);
  const Interval whole = facts.interval();
  std::map<bool, ContactFigures> figures{{false, {}}, {true, {}}};  // whether it was in the outage
  for (const ContactHeld& contact : facts.contacts) {
    ContactFigures& of = figures[whole.holds(contact.start_ms)];
    if (contact.end_ms > contact.start_ms) of.handling.push_back(contact.end_ms - contact.start_ms);
    if (const auto again = came_again(by_customer, contact, facts.made_ms)) {
      ++of.judged;
      of.settled_at_once += !*again;
    }
    if (contact.satisfaction == 0) continue;
    ++of.asked;
    of.satisfaction += contact.satisfaction;
  }
  return figures;
}

}  // namespace

ReportSection contacts_section(const ReportFacts& facts) {
  ReportSection section{"contacts", "Contacts, in the outage and on other days", {}, {}, {}, {}};
  section.notes = {
      "Other days are the four weeks before the outage and what came after it. Who rings in an outage rings for other "
      "reasons than on other days: a difference is no proof that the outage caused it."};
  const auto figures = figures_of(facts);
  for (const bool in_outage : {true, false}) {
    const ContactFigures& of = figures.at(in_outage);
    const std::string id = in_outage ? "outage" : "other", when = in_outage ? ", in the outage" : ", on other days";
    section.figures.push_back({"aht-" + id, "Handling time" + when, of.handling_seconds(), "s", of.handling.size(),
                               "Average of end minus beginning, of contacts that have both."});
    section.figures.push_back({"fcr-" + id, "Settled with the first contact" + when,
                               percent(of.settled_at_once, of.judged), "%", of.judged,
                               "Of incoming contacts of known customers that are seven days old: those after which the "
                               "customer did not come again about the same reason within seven days."});
    section.figures.push_back({"csat-" + id, "Satisfaction" + when, of.average_satisfaction(), "", of.asked,
                               "Average from 1 to 5 of those who were asked."});
  }
  return section;
}

ReportSection complaints_section(const ReportFacts& facts) {
  ReportSection section{"complaints", "Complaints", {}, {}, {}, {}};
  std::size_t in_time = 0, due = 0, resolved = 0;
  for (const ComplaintTaken& complaint : facts.complaints) {
    resolved += complaint.resolved_ms != 0;
    if (complaint.acknowledge_by_ms == 0) continue;
    const bool over = complaint.listened_ms != 0 || complaint.acknowledge_by_ms < facts.made_ms;
    due += over;
    in_time += over && complaint.listened_ms != 0 && complaint.listened_ms <= complaint.acknowledge_by_ms;
  }
  section.figures = {count_figure("complaints", "Complaints taken", facts.complaints.size(), "In the outage."),
                     {"acknowledged", "Acknowledged in time", percent(in_time, due), "%", due,
                      "Of those that were acknowledged or whose time for it is over."},
                     count_figure("resolved", "Resolved until now", resolved, "Somebody wrote down how.")};
  return section;
}

ReportSection disagreements_section(const ReportFacts& facts) {
  ReportSection section{"conflicts", "What people disagreed about", {}, {}, {}, {}};
  std::size_t open = 0, by_rule = 0;
  std::vector<std::int64_t> decided_after;
  std::vector<std::string> where;
  for (const DisagreementFound& one : facts.disagreements) {
    open += one.open;
    by_rule += one.by_rule;
    where.push_back(one.where);
    if (!one.open && !one.by_rule && one.resolved_ms >= one.at_ms) decided_after.push_back(one.resolved_ms - one.at_ms);
  }
  const auto middle = share_of(decided_after, 0.5);
  section.figures = {
      count_figure("conflicts", "Values that two people changed", facts.disagreements.size(),
                   "Of what was changed in the outage; both values are kept until somebody decides."),
      count_figure("by-rule", "Settled by rule", by_rule, "The schema says which value wins; it can be looked at."),
      count_figure("open", "Nobody has decided yet", open, "They wait for a person."),
      {"decided-after", "Until a person had decided, half of them",
       middle ? std::optional(*middle / 60'000) : std::nullopt, "min", decided_after.size(),
       "From the losing change until the decision; half took at most this."}};
  if (where.empty()) return section;
  ReportTable table{"where", "Where", {"Field", "How many"}, {}};
  for (const auto& [name, count] : counted(where)) table.rows.push_back({name, std::to_string(count)});
  section.tables.push_back(std::move(table));
  return section;
}

}  // namespace holdline::contingency
