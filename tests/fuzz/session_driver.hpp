// What the engine does around the session, with numbers in place of bytes, and what must hold at every step: nothing is
// asked for that does not exist, and no more is in flight than allowed.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <variant>
#include <vector>

#include "sync/base/limits.hpp"
#include "sync/session/session.hpp"
#include "tests/fuzz/choices.hpp"
#include "tests/fuzz/property.hpp"

namespace holdline::fuzz {

using sync::Lane;
using sync::lane_count;

// An action is told by a number of its own; equal ones at a place mean equal chains up to there.
using Chains = std::array<std::vector<std::uint32_t>, lane_count>;

inline std::uint64_t size_of(const Chains& chains, Lane lane) { return chains[lane].size(); }

constexpr std::size_t max_actions = 5'000;
constexpr std::uint64_t hashes_compared = 500;

struct Hub {
  Chains chains;  // of the workstation's present incarnation
  int epoch = 0;
  sync::LaneAck ack(Lane lane) const {
    sync::LaneAck told;
    told.number = size_of(chains, lane);
    told.credit = 4'000;
    return told;
  }
};

struct AskedHello {};
struct AskedCompare {
  Lane lane;
  std::uint64_t first, last;
};
struct AskedParts {};
struct AskedManifest {};
struct AskedChunk {
  sync::Hash hash;
};
struct AskedPush {
  Lane lane;
  std::uint64_t from, to;
};
struct AskedPull {};
struct AskedLeaves {
  sync::DigestKey key;
};
struct AskedLeaf {
  sync::DigestKey key;
  std::uint8_t leaf;
};
using Asked = std::variant<AskedHello, AskedCompare, AskedParts, AskedManifest, AskedChunk, AskedPush, AskedPull,
                           AskedLeaves, AskedLeaf>;

class SessionDriver {
 protected:
  explicit SessionDriver(Choices choices) : choices_(choices) {}

  void grew() {
    sync::event::OutboxGrew grew;
    for (Lane lane = 0; lane < lane_count; ++lane) grew.tips[lane] = size_of(own_, lane);
    step(grew);
  }

  void step(const sync::SessionEvent& event) {
    const std::uint64_t conversation = conversation_;
    for (const sync::SessionCommand& action : session_.step(event, now_ms_, 7)) {
      if (conversation != conversation_) break;
      std::visit([this](const auto& a) { perform(a); }, action);
    }
  }

  void over() {
    ++conversation_;
    asked_.clear();
    missing_.clear();
  }

  template <class A>
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(asked_, [](const Asked& a) { return std::holds_alternative<A>(a); }));
  }

  void ask(const Asked& asked) { asked_.push_back(asked); }

  void ask_download(const Asked& asked) {
    require(count<AskedPull>() + count<AskedLeaves>() + count<AskedLeaf>() == 0, "one download at a time");
    ask(asked);
  }

  void perform(const sync::command::SayHello&) {
    over();
    ask(AskedHello{});
  }
  void perform(const sync::command::VoidResults&) {}
  void perform(const sync::command::AskCommon& a) {
    require(a.last >= 1 && a.last <= size_of(own_, a.lane), "what exists is compared");
    ask(AskedCompare{a.lane, a.last >= hashes_compared ? a.last - hashes_compared + 1 : 1, a.last});
  }
  void perform(const sync::command::Reissue& a) {
    for (Lane lane = 0; lane < lane_count; ++lane) {
      require(a.common[lane] <= size_of(own_, lane), "what is common exists");
      const std::uint64_t moved = size_of(own_, lane) - a.common[lane];
      own_[lane].clear();
      for (std::uint64_t i = 0; i < moved; ++i) own_[lane].push_back(next_action_++);
      hub_.chains[lane].clear();
    }
    told_ = {};
    grew();
    step(sync::event::Reissued{});
  }
  void perform(const sync::command::Prepare&) { ask(AskedParts{}); }
  void perform(const sync::command::FetchManifest&) { ask(AskedManifest{}); }
  void perform(const sync::command::FetchChunk& a) {
    require(count<AskedChunk>() < options_.chunks_in_flight, "few chunks are in flight");
    const auto wanted = std::ranges::find(missing_, a.hash);
    require(wanted != missing_.end(), "a chunk that is missing is fetched");
    missing_.erase(wanted);
    ask(AskedChunk{a.hash});
  }
  void perform(const sync::command::FinishBootstrap&) {
    require(missing_.empty() && count<AskedChunk>() == 0, "a copy is finished when nothing is missing");
    step(sync::event::Bootstrapped{});
  }
  void perform(const sync::command::StartPush& a) {
    const auto& [lane, after, most] = a.request;
    require(most > 0 && most <= sync::limits::actions_per_push, "a push is neither empty nor too large");
    require(after + most <= size_of(own_, lane), "what exists is pushed");
    std::size_t beside = 0;
    for (const Asked& asked : asked_)
      if (const auto* push = std::get_if<AskedPush>(&asked)) beside += lane < 2 ? push->lane == lane : push->lane >= 2;
    require(beside < (lane < 2 ? 1u : 2u), "few pushes are in flight");
    require(after + most - session_.hub_has(lane) <= credit_[lane], "no more is in flight than the hub allowed");
    // The outbox cuts by bytes as well.
    const std::uint64_t sent = most - most / 2 * choices_.below(2);
    ask(AskedPush{lane, after + 1, after + sent});
    step(sync::event::PushStarted{lane, after + 1, after + sent});
  }
  void perform(const sync::command::StartPull& a) {
    require(a.wait_ms == 0 || a.wait_ms == options_.pull_wait_ms, "a pull waits not at all or as long as is set");
    ask_download(AskedPull{});
  }
  void perform(const sync::command::CompareLeaves& a) { ask_download(AskedLeaves{a.key}); }
  void perform(const sync::command::FetchLeaf& a) { ask_download(AskedLeaf{a.key, a.leaf}); }
  void perform(const sync::command::Remind& a) {
    require(a.at_ms > now_ms_, "a reminder lies ahead");
    wake_at_ms_ = a.at_ms;
  }
  void perform(const sync::command::Rest& a) {
    over();
    require(a.at_ms > now_ms_, "after a failure some time passes");
    wake_at_ms_ = a.at_ms;
  }

  void check() const {
    require(count<AskedHello>() <= 1, "one hello at a time");
    require(session_.state() != sync::SessionState::resting || asked_.empty(), "nothing is asked while resting");
    if (!session_.connected()) return;
    const bool agreed = session_.state() != sync::SessionState::comparing;
    for (Lane lane = 0; agreed && lane < lane_count; ++lane) {
      require(session_.hub_has(lane) <= told_[lane], "nothing counts as held that the hub did not say it has");
      require(!session_.settled() || told_[lane] == size_of(own_, lane), "settled means that everything is held");
    }
  }

  Choices choices_;
  sync::Session::Options options_;
  sync::Session session_{options_};
  std::int64_t now_ms_ = 1, wake_at_ms_ = 1;
  std::uint64_t conversation_ = 0;
  std::uint32_t next_action_ = 1;
  Chains own_;
  Hub hub_;
  std::array<std::uint64_t, lane_count> told_{};  // what the hub said it has, as far as it is ours
  std::array<std::uint32_t, lane_count> credit_{};
  std::vector<Asked> asked_;
  std::vector<sync::Hash> missing_;
};

}  // namespace holdline::fuzz
