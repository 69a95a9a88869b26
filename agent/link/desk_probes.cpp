#include "agent/link/desk_probes.hpp"

#include <algorithm>
#include <chrono>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "sync/session/probe.hpp"

namespace holdline::agent {

namespace {

// What the settings of this workstation say comes before the plan.
contingency::ProbeOptions options_of(const LinkConfig& config, contingency::ProbeOptions options = {}) {
  if (config.every != LinkConfig{}.every) options.every_ms = config.every.count();
  return options;
}

std::int64_t ms_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
}

}  // namespace

DeskProbes::DeskProbes(Parts parts, LinkConfig config, Roads roads)
    : parts_(parts),
      roads_(std::move(roads)),
      config_(config),
      watch_(options_of(config), {}, parts.clock, parts.entropy, events()),
      timer_(parts.io) {}

LinkWatch::Events DeskProbes::events() {
  LinkWatch::Events events;
  events.ask = [this](bool write) { ask_hub(write); };
  events.ask_network = [this] { ask_network(); };
  events.shown = [this](const LinkShown& now) {
    {
      const platform::MutexLock lock(mutex_);
      shown_ = now;
    }
    roads_.link(now.status);
  };
  events.changed = [this](const contingency::LinkTransition& row, contingency::Cause cause) {
    parts_.log.info("link-changed", "the link to the hub is another",
                    {{"from", name_of(row.from)},
                     {"to", name_of(row.to)},
                     {"because", name_of(row.trigger)},
                     {"cause", name_of(cause)}});
  };
  events.takes_writes_again = [this] { roads_.sync_now(); };
  return events;
}

void DeskProbes::use(const contingency::ProbeOptions& probes, const contingency::StateOptions& states) {
  boost::asio::post(parts_.io, [weak = weak_from_this(), probes, states] {
    const auto self = weak.lock();
    if (!self) return;
    self->probe_timeout_ = std::chrono::milliseconds(probes.timeout_ms);
    self->watch_.use(options_of(self->config_, probes), states);
  });
}

void DeskProbes::start(std::vector<platform::ProbeSettings> probes, const std::string& credentials_directory) {
  if (config_.gateway) network_.emplace(parts_.io);
  rounds_.emplace(parts_.io, std::move(probes), credentials_directory, parts_.entropy,
                  [this](const platform::ProbeSettings& settings, const platform::ProbeOutcome& outcome) {
                    told(settings, outcome);
                  });
  boost::asio::post(parts_.io, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->look();
  });
}

void DeskProbes::stop() {
  timer_.cancel();
  rounds_.reset();
  network_.reset();
}

void DeskProbes::look() {
  if (!rounds_) return;  // it was stopped meanwhile
  const std::int64_t next_ms = watch_.look();
  roads_.time_passed();
  timer_.expires_after(std::chrono::milliseconds(std::max<std::int64_t>(0, next_ms - parts_.clock.now().boot_ms)));
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ended) {
    const auto self = weak.lock();
    if (!ended && self) self->look();
  });
}

void DeskProbes::ask_hub(bool write) {
  const auto then = [weak = weak_from_this(), write,
                     began = std::chrono::steady_clock::now()](Result<platform::HttpClientResponse> answer) {
    const auto self = weak.lock();
    if (!self) return;
    LinkWatch::Answer told{write, {}, 0, {}, ms_since(began)};
    if (answer) {
      told.status = answer->status;
      told.body = std::move(answer->body);
    } else {
      told.none = std::move(answer).error();
    }
    self->watch_.answered(told);
    const contingency::Health& health = self->watch_.health();
    self->roads_.service(
        {contingency::Target::hub, health.answers(contingency::Target::hub), told.took_ms, told.refused()});
    if (write)
      self->roads_.service({contingency::Target::hub_write, health.answers(contingency::Target::hub_write), 0});
  };
  roads_.hub(sync::encode_json(sync::Probe{write}), probe_timeout_, then);
}

void DeskProbes::ask_network() {
  if (!network_) return;
  network_->ask(probe_timeout_, [weak = weak_from_this()](std::optional<platform::ProbeOutcome> outcome) {
    const auto self = weak.lock();
    if (!self || !outcome) return;
    self->watch_.probed({contingency::Target::network, outcome->good, outcome->took_ms});
  });
}

// A line when it changes, not one for each failure.
void DeskProbes::told(const platform::ProbeSettings& settings, const platform::ProbeOutcome& outcome) {
  const auto [known, first] = was_good_.try_emplace(settings.name, true);
  if (known->second != outcome.good)
    parts_.log.info("probe-changed", outcome.good ? "a system answers again" : "a system does not answer as it should",
                    {{"probe", settings.name}, {"because", outcome.why}});
  known->second = outcome.good;
  const auto target = contingency::target_named(settings.target);
  if (!target) return;
  if (const auto joined = joined_.take(settings.name, {*target, outcome.good, outcome.took_ms})) take(*joined);
}

void DeskProbes::take(const contingency::Probe& probe) {
  watch_.probed(probe);
  roads_.service(probe);
}

void DeskProbes::exchanged(const Exchange& exchange) {
  boost::asio::post(parts_.io, [weak = weak_from_this(), exchange] {
    if (const auto self = weak.lock()) self->watch_.exchanged(exchange);
  });
}

LinkShown DeskProbes::shown() const {
  const platform::MutexLock lock(mutex_);
  return shown_;
}

}  // namespace holdline::agent
