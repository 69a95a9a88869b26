#include "tests/sim/world/network.hpp"

#include <algorithm>
#include <utility>

namespace holdline::sim {

namespace {

constexpr std::int64_t min_ms = 2, max_ms = 60, latest_ms = 4'000;

}  // namespace

std::int64_t Network::delay(const Line& line, Chance& wire) {
  if (!wire.percent(line.late_percent)) return wire.between(min_ms, max_ms);
  stage_.count("message delayed");
  return wire.between(max_ms, latest_ms);
}

// When all of a message has passed.
std::int64_t Network::turn_of(const Line& line, std::int64_t& free_ms, std::size_t bytes) const {
  if (line.bytes_per_second == 0) return 0;
  const std::int64_t now_ms = stage_.timeline.now_ms();
  free_ms = std::max(free_ms, now_ms) + 1'000 * static_cast<std::int64_t>(bytes) / line.bytes_per_second;
  return free_ms - now_ms;
}

void Network::request(Line& line, Chance wire, const sync::Id& device, std::string path, sync::Bytes body,
                      Answered answered) {
  if (line.up_cut) return stage_.count("request lost in a partition");
  if (wire.percent(line.lost_percent)) return stage_.count("request lost");
  const bool twice = wire.percent(line.doubled_percent);
  if (twice) {
    stage_.count("request duplicated");
    Chance second = wire.fork("again");
    deliver(line, second, device, path, body, answered);
  }
  deliver(line, wire, device, path, body, std::move(answered));
}

void Network::deliver(Line& line, Chance& wire, const sync::Id& device, const std::string& path,
                      const sync::Bytes& body, Answered answered) {
  // Chosen before the way back goes on with a copy of `wire`.
  const std::int64_t there_ms = delay(line, wire) + turn_of(line, line.up_free_ms, body.size());
  stage_.timeline.in(there_ms, [this, &line, wire, device, path, body, answered = std::move(answered)] {
    hub_.receive(device, path, body,
                 [this, &line, wire, answered, path](Result<agent::TransportAnswer> answer) mutable {
                   if (answer_gets_lost(line, wire, path)) return;
                   const std::size_t bytes = answer ? answer->body.size() : 0;
                   const std::int64_t back_ms = delay(line, wire) + turn_of(line, line.down_free_ms, bytes);
                   stage_.timeline.in(back_ms, [answered, answer = std::move(answer)] { answered(answer); });
                 });
  });
}

bool Network::answer_gets_lost(Line& line, Chance& wire, std::string_view path) {
  if (line.down_cut) return stage_.count("answer lost in a partition"), true;
  if (path == sync::path::push && line.push_answers_to_lose > 0) {
    --line.push_answers_to_lose;
    if (!std::exchange(line.push_answers_are_lost, true)) stage_.count("fault: answers to pushes lost");
    return stage_.count("answer to a push lost again and again"), true;
  }
  if (!wire.percent(line.lost_percent)) return false;
  stage_.count(path == sync::path::push ? "answer to a push lost" : "answer lost");
  return true;
}

}  // namespace holdline::sim
