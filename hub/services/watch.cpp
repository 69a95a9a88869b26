#include "hub/services/watch.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <set>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "contingency/plan/plan.hpp"
#include "hub/plan/plan_probes.hpp"
#include "hub/plan/plans.hpp"
#include "hub/services/declaring.hpp"
#include "hub/services/record.hpp"

namespace holdline::hub {

namespace {

constexpr std::chrono::seconds between_looks{2};

}  // namespace

ServiceWatch::ServiceWatch(Parts parts, std::vector<platform::ProbeSettings> probes)
    : parts_(parts), own_(std::move(probes)), probes_(own_), timer_(parts.io) {}

void ServiceWatch::start() {
  find_scopes();
  probe();
  look_at_plan();
  boost::asio::post(parts_.io, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->look();
  });
}

void ServiceWatch::probe() {
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  rounds_.emplace(parts_.io, probes_, credentials != nullptr ? credentials : "", parts_.entropy,
                  [this](const platform::ProbeSettings& settings, const platform::ProbeOutcome& outcome) {
                    probed(settings, outcome);
                  });
}

void ServiceWatch::look_at_plan() {
  parts_.thread.run([weak = weak_from_this(), &io = parts_.io, &log = parts_.log](Ledger& ledger, Intake&) {
    auto text = plan_in_force(ledger);
    if (!text) return log.error(text.error());
    boost::asio::post(io, [weak, text = *std::move(text)] {
      if (const auto self = weak.lock()) self->use(text);
    });
  });
}

void ServiceWatch::use(const std::string& plan_text) {
  const auto plan = contingency::read_plan(plan_text).plan;
  if (!rounds_ || plan.hash == plan_) return;
  plan_ = plan.hash;
  services_.use(plan.policy.probes, plan.policy.states);
  probes_ = with_probes_of_plan(own_, probes_of_plan(plan_text).probes);
  probe();
  for (const std::string& scope : services_.scopes())
    if (!is_probed(scope)) services_.forget(scope);
  directory_.reset();  // who is told may be others
  find_scopes();
  parts_.log.info("plan-probed", "the probes and thresholds of this plan hold now",
                  {{"version", plan.version}, {"probes", probes_.size()}});
}

void ServiceWatch::stop() {
  timer_.cancel();
  rounds_.reset();
}

Services::Moment ServiceWatch::now() const {
  const sync::TimeReading reading = parts_.clock.now();
  return {reading.boot_ms, reading.wall_ms};
}

void ServiceWatch::look() {
  if (!rounds_) return;  // it was stopped
  find_scopes();
  services_.time_passed(now());
  // One at a time: what was kept is known before the next is.
  if (const auto due = services_.due(now()); !keeping_ && !due.empty()) keep(due.front());
  for (const ServiceChange& failing : services_.failing_long(now()))
    if (declared_[failing.scope] != failing.shown.since_ms) declare(failing);
  timer_.expires_after(between_looks);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ended) {
    const auto self = weak.lock();
    if (!ended && self) self->look();
  });
}

// Once for each failing; what cannot be written is tried again with the next look.
void ServiceWatch::declare(const ServiceChange& failing) {
  parts_.thread.run(
      [weak = weak_from_this(), &io = parts_.io, failing, wall_ms = now().wall_ms](Ledger& ledger, Intake& intake) {
        const auto outcome = declare_failing(ledger, intake, failing, wall_ms);
        boost::asio::post(io, [weak, failing, outcome] {
          const auto self = weak.lock();
          if (!self) return;
          if (!outcome) return self->parts_.log.error(outcome.error());
          self->declared_[failing.scope] = failing.shown.since_ms;
          self->parts_.log.warning("outage-declared", "the plan lets the hub declare what fails for so long",
                                   {{"scope", failing.scope}, {"failing", failing.shown.failing}});
        });
      });
}

bool ServiceWatch::is_probed(const std::string& scope) const {
  return std::ranges::any_of(probes_, [&](const platform::ProbeSettings& probe) {
    return probe.scopes.empty() || std::ranges::find(probe.scopes, scope) != probe.scopes.end();
  });
}

// Those of the workstations: nobody else is told. What an earlier run told of a scope that is probed no more is over.
void ServiceWatch::find_scopes() {
  const std::uint64_t version = parts_.ledger.directory_version();
  if (directory_ == version) return;
  const auto devices = parts_.ledger.devices();
  if (!devices) return parts_.log.error(devices.error());
  directory_ = version;
  std::set<std::string> scopes;
  for (const Device& device : *devices) scopes.insert(device.scopes.begin(), device.scopes.end());
  for (const std::string& scope : scopes) {
    if (services_.serves(scope)) continue;
    const auto stood = read_service(parts_.ledger, scope);
    if (!stood) return parts_.log.error(stood.error());
    if (is_probed(scope))
      services_.serve(scope, *stood);
    else if (stood->state != contingency::ServiceState::normal)
      keep({scope, {contingency::ServiceState::normal, contingency::Cause::none, now().wall_ms, {}}});
  }
}

void ServiceWatch::probed(const platform::ProbeSettings& settings, const platform::ProbeOutcome& outcome) {
  if (const auto target = contingency::target_named(settings.target))
    services_.probed(settings.name, settings.scopes, {*target, outcome.good, outcome.took_ms}, now());
}

void ServiceWatch::keep(const ServiceChange& change) {
  keeping_ = true;
  const std::int64_t wall_ms = now().wall_ms;
  parts_.thread.run([weak = weak_from_this(), &io = parts_.io, change, wall_ms](Ledger& ledger, Intake& intake) {
    const auto outcome = keep_service(ledger, intake, change, wall_ms);
    boost::asio::post(io, [weak, change, outcome] {
      if (const auto self = weak.lock()) self->kept(change, outcome);
    });
  });
}

// A ledger that takes no writes is asked again with the next look; what workstations see of it they see by themselves.
void ServiceWatch::kept(const ServiceChange& change, const Result<void>& outcome) {
  keeping_ = false;
  if (!outcome) return parts_.log.error(outcome.error());
  services_.told(change, now());
  parts_.log.info("service-changed", "the state of the services of a scope is another",
                  {{"scope", change.scope},
                   {"to", name_of(change.shown.state)},
                   {"failing", change.shown.failing},
                   {"cause", name_of(change.shown.cause)}});
}

}  // namespace holdline::hub
