#include "agent/link/link_watch.hpp"

#include <tuple>
#include <utility>

#include "sync/session/probe.hpp"
#include "sync/wire/message.hpp"

namespace holdline::agent {

using contingency::LinkState;
using contingency::Target;

namespace {

// A workstation that starts asks quickly, until it has what the first state needs: a person waits to be told that all
// is well.
constexpr std::int64_t first_rounds_ms = 250;
constexpr std::uint64_t first_rounds = 24;

// The hub is well, and has no place for this at the moment.
bool is_busy(const Error& error) { return error.code == "busy" || error.code == "stopping"; }

}  // namespace

LinkWatch::LinkWatch(contingency::ProbeOptions probes, contingency::StateOptions states, const platform::Clock& clock,
                     platform::Entropy& entropy, Events events)
    : options_(probes), clock_(clock), entropy_(entropy), events_(std::move(events)), link_(probes, states) {}

void LinkWatch::use(contingency::ProbeOptions probes, contingency::StateOptions states) {
  options_ = probes;
  link_ = contingency::Link(probes, states, link_.status(now_ms()).state);
}

std::int64_t LinkWatch::look() {
  take(contingency::event::TimePassed{});
  const bool begins = round_ < first_rounds && since_wall_ms_ == 0;
  events_.ask(round_ % options_.rounds_per_write == 0);
  if (!begins || round_ == 0) events_.ask_network();
  ++round_;
  return now_ms() + (begins ? first_rounds_ms : contingency::next_round_ms(options_, entropy_.u64()));
}

void LinkWatch::answered(const Answer& answer) {
  if (answer.none) {
    take_hub(false, 0, answer.refused());
    if (answer.write) take_write(false);
    return;
  }
  if (answer.status == 200) {
    const auto probed = sync::decode_probed(answer.body);
    take_hub(probed.has_value(), answer.took_ms);
    if (answer.write) judge_write(probed && probed->written);
    return;
  }
  const Error refusal = sync::decode_error(answer.status, answer.body);
  // A hub of before: what became of the last push is all that is known of its writes.
  if (refusal.code == "unknown-path" || refusal.code == "http-404") {
    take_hub(true, answer.took_ms);
    if (answer.write) take_write(!push_failed_);
    return;
  }
  judge_refusal(refusal);
  if (refusal.code == "writes-fail") {
    take_hub(true, answer.took_ms);
    take_write(false);
  } else if (refusal.kind == ErrorKind::retry_later && !is_busy(refusal)) {
    take_hub(false, 0);
  }
}

// A small write that is kept says little while entries are not: what the hub does with those counts more.
void LinkWatch::judge_write(bool good) {
  if (good && push_failed_ && events_.takes_writes_again) events_.takes_writes_again();
  take_write(good && !push_failed_);
}

void LinkWatch::judge_refusal(const Error& error) {
  if (error.code == "device-revoked" && link_.status(now_ms()).state != LinkState::locked_out)
    take(contingency::event::ShutOut{});
}

void LinkWatch::probed(const contingency::Probe& probe) { take(probe); }

void LinkWatch::exchanged(const Exchange& exchange) {
  const bool push = exchange.path == sync::path::push;
  if (!exchange.answered) {
    if (is_new(hub_ms_)) take_hub(false, 0, exchange.error && exchange.error->code == "connection-refused");
    return;
  }
  if (exchange.error) judge_refusal(*exchange.error);
  if (!exchange.error && link_.status(now_ms()).state == LinkState::locked_out) take(contingency::event::LetIn{});
  if (push) {
    const bool refused = exchange.error && exchange.error->kind == ErrorKind::retry_later && !is_busy(*exchange.error);
    const bool told_before = push_failed_ == refused && !is_new(write_ms_);
    if (!exchange.error || refused) push_failed_ = refused;
    if ((!exchange.error || refused) && !told_before) take_write(!refused);
  }
  // How long others take says more of the line and of what is asked than of the hub.
  if (exchange.path == sync::path::hello && !exchange.error && is_new(hub_ms_)) take_hub(true, exchange.took_ms);
}

bool LinkWatch::is_new(std::optional<std::int64_t> at_ms) const {
  const std::int64_t least = options_.every_ms * (100 - options_.jitter_percent) / 100;
  return !at_ms || now_ms() - *at_ms >= least;
}

void LinkWatch::take_hub(bool good, std::int64_t took_ms, bool refused) {
  hub_ms_ = now_ms();
  take(contingency::Probe{Target::hub, good, took_ms, refused});
}

void LinkWatch::take_write(bool good) {
  write_ms_ = now_ms();
  take(contingency::Probe{Target::hub_write, good, 0});
}

void LinkWatch::take(const contingency::LinkEvent& event) {
  const LinkShown before = shown();
  for (const contingency::LinkAction& action : link_.step(event, now_ms())) {
    const auto* changed = std::get_if<contingency::action::LinkChanged>(&action);
    if (changed == nullptr) continue;
    since_wall_ms_ = clock_.now().wall_ms;
    if (events_.changed) events_.changed(*changed->row, changed->cause);
  }
  const LinkShown now = shown();
  const auto seen = [](const LinkShown& s) {
    return std::tuple(s.status.state, s.status.cause, s.status.takes_writes, s.status.held, s.since_wall_ms);
  };
  if (seen(now) != seen(before) && events_.shown) events_.shown(now);
}

LinkShown LinkWatch::shown() const {
  LinkShown shown{link_.status(now_ms()), since_wall_ms_};
  // What is wrong beside a good link is told with the services.
  if (shown.status.state == LinkState::online) shown.status.cause = contingency::Cause::none;
  return shown;
}

}  // namespace holdline::agent
