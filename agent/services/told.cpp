#include "agent/services/told.hpp"

#include <algorithm>
#include <chrono>

namespace holdline::agent {

namespace {

constexpr std::chrono::seconds between_looks{2};
// Scopes that a workstation may hold, and reports of a quarter of an hour: more change nothing.
constexpr std::size_t most_scopes = 64, most_reports = 200;

std::string text_of(const sync::Collection& collection, const sync::Record& record, std::string_view field) {
  const auto index = collection.field(field);
  const auto* text = index ? std::get_if<std::string>(&record.fields[*index]) : nullptr;
  return text != nullptr ? *text : std::string();
}

std::int64_t time_of(const sync::Collection& collection, const sync::Record& record, std::string_view field) {
  const auto index = collection.field(field);
  const auto* ms = index ? std::get_if<std::int64_t>(&record.fields[*index]) : nullptr;
  return ms != nullptr ? *ms : 0;
}

contingency::Cause cause_named(std::string option) {
  std::ranges::replace(option, '_', '-');
  for (const auto cause :
       {contingency::Cause::my_network, contingency::Cause::site_network, contingency::Cause::central_service})
    if (option == name_of(cause)) return cause;
  return contingency::Cause::none;
}

Result<ServiceTold> read_service(View& view, const sync::Collection& collection) {
  HOLDLINE_ASSIGN(const auto many, view.list(collection, {}, most_scopes));
  ServiceTold worst;
  std::int64_t well_since_ms = 0;
  for (const Shown& shown : many.shown) {
    const sync::Record& record = shown.record;
    const std::int64_t since_ms = time_of(collection, record, "since");
    if (text_of(collection, record, "state") == name_of(contingency::ServiceState::normal)) {
      well_since_ms = std::max(well_since_ms, since_ms);
      continue;
    }
    const bool earlier = worst.since_ms == 0 || since_ms < worst.since_ms;
    if (worst.state == contingency::ServiceState::degraded && !earlier) continue;
    worst = {contingency::ServiceState::degraded, cause_named(text_of(collection, record, "cause")), since_ms, 0,
             text_of(collection, record, "failing")};
  }
  worst.well_since_ms = well_since_ms;
  return worst;
}

}  // namespace

std::optional<OutageProposal> proposal_of(std::vector<OutageReport> reports, const contingency::PressOptions& options,
                                          std::int64_t now_ms) {
  std::ranges::stable_sort(reports, {}, &OutageReport::at_ms);
  contingency::Presses presses(options);
  std::optional<OutageProposal> latest;
  for (const OutageReport& report : reports)
    if (const auto proposal = presses.step(report.press, report.at_ms))
      latest = OutageProposal{proposal->about, proposal->people.size(), report.at_ms};
  if (latest && now_ms - latest->at_ms >= options.quiet_ms) return std::nullopt;
  return latest;
}

Result<Told> read_told(View& view, const contingency::PressOptions& options, std::int64_t now_ms) {
  Told told;
  if (const sync::Collection* states = view.schema().collection("service_state")) {
    HOLDLINE_ASSIGN(told.service, read_service(view, *states));
  }
  const sync::Collection* collection = view.schema().collection("outage_report");
  if (collection == nullptr) return told;
  HOLDLINE_ASSIGN(const auto many, view.list(*collection, {}, most_reports));
  std::vector<OutageReport> reports;
  for (const Shown& shown : many.shown)
    reports.push_back({{text_of(*collection, shown.record, "person"), text_of(*collection, shown.record, "what")},
                       time_of(*collection, shown.record, "at")});
  told.proposal = proposal_of(std::move(reports), options, now_ms);
  return told;
}

void ToldWatch::start() { look(); }

void ToldWatch::stop() {
  stopped_ = true;
  timer_.cancel();
}

void ToldWatch::look() {
  if (stopped_) return;
  // What cannot be read is told by whoever reads it next; what was known stays.
  read_([weak = weak_from_this(), now_ms = clock_.now().wall_ms](View& view) {
    const auto self = weak.lock();
    if (!self) return;
    auto told = read_told(view, self->options_(), now_ms);
    const platform::MutexLock lock(self->mutex_);
    if (told) self->told_ = *std::move(told);
  });
  timer_.expires_after(between_looks);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ended) {
    const auto self = weak.lock();
    if (!ended && self) self->look();
  });
}

Told ToldWatch::told() const {
  const platform::MutexLock lock(mutex_);
  return told_;
}

}  // namespace holdline::agent
