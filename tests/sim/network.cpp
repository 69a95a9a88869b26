#include "tests/sim/network.hpp"

namespace holdline::sim {

namespace {

constexpr std::int64_t least_ms = 2, most_ms = 60, latest_ms = 4'000;

}  // namespace

std::int64_t Network::delay(const Line& line) {
  if (!chance_.percent(line.late_percent)) return chance_.between(least_ms, most_ms);
  stage_.count("message delayed");
  return chance_.between(most_ms, latest_ms);
}

void Network::request(const Line& line, const sync::Id& device, std::string path, sync::Bytes body, Answered answered) {
  if (line.up_cut) return stage_.count("request lost in a partition");
  if (chance_.percent(line.lost_percent)) return stage_.count("request lost");
  const bool twice = chance_.percent(line.doubled_percent);
  if (twice) {
    stage_.count("request duplicated");
    deliver(line, device, path, body, answered);
  }
  deliver(line, device, path, body, std::move(answered));
}

void Network::deliver(const Line& line, const sync::Id& device, const std::string& path, const sync::Bytes& body,
                      Answered answered) {
  stage_.timeline.in(delay(line), [this, &line, device, path, body, answered = std::move(answered)] {
    hub_.receive(device, path, body, [this, &line, answered, path](Result<agent::TransportAnswer> answer) {
      if (line.down_cut) return stage_.count("answer lost in a partition");
      if (chance_.percent(line.lost_percent)) {
        if (path == sync::path::push) stage_.count("answer to a push lost");
        return stage_.count("answer lost");
      }
      stage_.timeline.in(delay(line), [answered, answer = std::move(answer)] { answered(answer); });
    });
  });
}

}  // namespace holdline::sim
