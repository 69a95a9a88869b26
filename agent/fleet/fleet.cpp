#include "agent/fleet/fleet.hpp"

#include <chrono>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "sync/wire/message.hpp"

namespace holdline::agent {

namespace {

constexpr std::int64_t tell_every_ms = 60'000, tell_soon_ms = 3'000;

// ± 20 %: a site that was switched on together does not tell in one breath for ever.
std::int64_t jittered(std::int64_t ms, std::uint64_t random) {
  const std::int64_t spread = ms * 2 / 5;
  return ms - spread / 2 + static_cast<std::int64_t>(random % static_cast<std::uint64_t>(spread + 1));
}

}  // namespace

FleetMember::FleetMember(Parts parts) : parts_(std::move(parts)), timer_(parts_.io) {}

void FleetMember::start() { tell_after(jittered(tell_soon_ms, parts_.entropy.u64())); }

void FleetMember::connected() {
  boost::asio::post(parts_.io, [this] { start(); });
}

void FleetMember::tell_after(std::int64_t ms) {
  timer_.expires_after(std::chrono::milliseconds(ms));
  timer_.async_wait([this](const boost::system::error_code& ended) {
    if (ended) return;
    // While the hub is away it is not told, and hears of everything at once when it is back.
    parts_.aside([this] {
      const contingency::WorkstationReport report = parts_.report();
      parts_.ask(sync::path::report, contingency::encode_json(report), [](const Result<std::string>&) {});
      // What waited when it was told is with the hub a moment later: nobody is to look at it for a minute.
      const std::int64_t next_ms = report.waiting > 0 ? tell_soon_ms : tell_every_ms;
      boost::asio::post(parts_.io, [this, next_ms] { tell_after(jittered(next_ms, parts_.entropy.u64())); });
    });
  });
}

void FleetMember::list(std::function<void(Result<Listed>)> then) {
  parts_.ask(sync::path::fleet, "{}", [this, then = std::move(then)](Result<std::string> answer) {
    parts_.aside([this, then, answer = std::move(answer)] {
      if (!answer && answer.error().kind == ErrorKind::retry_later) return then(kept(answer.error()));
      if (!answer) return then(tl::unexpected<Error>(answer.error()));
      auto fleet = contingency::decode_fleet(*answer);
      if (!fleet) return then(tl::unexpected<Error>(fleet.error()));
      keep(*answer);
      then(Listed{*std::move(fleet), false});
    });
  });
}

void FleetMember::keep(const std::string& list) {
  if (auto written = platform::replace_file(parts_.file, list); !written)
    parts_.log.warning("fleet-not-kept", "the list of workstations could not be kept for when the hub is away",
                       {{"because", written.error().code}});
}

Result<FleetMember::Listed> FleetMember::kept(const Error& away) const {
  const auto text = platform::read_file(parts_.file, contingency::fleet_bytes);
  if (!text) return tl::unexpected<Error>(away);
  auto fleet = contingency::decode_fleet(*text);
  if (!fleet) return tl::unexpected<Error>(away);
  return Listed{*std::move(fleet), true};
}

}  // namespace holdline::agent
