#include "sync/session/session.hpp"

#include <algorithm>

namespace holdline::sync {

std::string_view name_of(SessionState state) {
  switch (state) {
    case SessionState::resting:
      return "resting";
    case SessionState::greeting:
      return "greeting";
    case SessionState::comparing:
      return "comparing";
    case SessionState::reissuing:
      return "reissuing";
    case SessionState::preparing:
      return "preparing";
    case SessionState::bootstrapping:
      return "bootstrapping";
    case SessionState::repairing:
      return "repairing";
    case SessionState::following:
      return "following";
  }
  return "unknown";
}

std::vector<SessionCommand> Session::step(const SessionEvent& event, std::int64_t now_ms, std::uint64_t random_bits) {
  now_ms_ = now_ms;
  random_bits_ = random_bits;
  Commands commands;
  std::visit([&](const auto& e) { on(e, commands); }, event);
  return commands;
}

void Session::greet(Commands& out) {
  state_ = SessionState::greeting;
  caught_up_ = pull_due_ = false;
  no_pull_before_ms_ = 0;
  out.push_back(command::SayHello{});
}

void Session::rest(std::int64_t delay_ms, Commands& out) {
  state_ = SessionState::resting;
  caught_up_ = false;
  out.push_back(command::Rest{now_ms_ + delay_ms});
}

void Session::on(const event::Wake&, Commands& out) {
  if (state_ == SessionState::resting) return greet(out);
  pull_when_due(out);
}

void Session::on(const event::OutboxGrew& e, Commands& out) {
  tips_ = e.tips;
  upload_.tips(tips_);
  push(out);
}

void Session::on(const event::Welcomed& e, Commands& out) {
  if (state_ != SessionState::greeting) return;
  last_error_.reset();
  resume_ = e.welcome.resume;
  upload_.begin(e.welcome.lanes);
  upload_.tips(tips_);
  if (e.hub_went_back) {
    std::array<std::uint64_t, lane_count> hub_has{};
    for (Lane lane = 0; lane < lane_count; ++lane) hub_has[lane] = e.welcome.lanes[lane].number;
    out.push_back(command::VoidResults{hub_has, e.welcome.results});
  }
  if (std::ranges::find(e.chain, ChainCheck::differs) != e.chain.end()) {
    // A lane that agrees parts from the hub nowhere: everything the hub has of it is common.
    for (Lane lane = 0; lane < lane_count; ++lane) {
      common_[lane].reset();
      if (e.chain[lane] == ChainCheck::same) common_[lane] = std::min(e.welcome.lanes[lane].number, tips_[lane]);
      compare_from_[lane] = std::min(e.welcome.lanes[lane].number, tips_[lane]);
    }
    state_ = SessionState::comparing;
    compare_next_lane(out);
    return;
  }
  prepare_or_go_on(e, out);
}

void Session::compare_next_lane(Commands& out) {
  for (Lane lane = 0; lane < lane_count; ++lane) {
    if (common_[lane]) continue;
    if (compare_from_[lane] == 0) {
      common_[lane] = 0;
      continue;
    }
    out.push_back(command::AskCommon{lane, compare_from_[lane]});
    return;
  }
  state_ = SessionState::reissuing;
  std::array<std::uint64_t, lane_count> common{};
  for (Lane lane = 0; lane < lane_count; ++lane) common[lane] = *common_[lane];
  out.push_back(command::Reissue{common});
}

void Session::on(const event::CommonFound& e, Commands& out) {
  if (state_ != SessionState::comparing) return;
  // A hub that says more than it was asked must not make the entries behind that disappear.
  if (e.common >= e.first)
    common_[e.lane] = std::min(e.common, compare_from_[e.lane]);
  else
    compare_from_[e.lane] = e.first - 1;
  compare_next_lane(out);
}

void Session::on(const event::Reissued&, Commands& out) {
  // The new incarnation introduces itself: the hub knows nothing of it yet.
  if (state_ == SessionState::reissuing) greet(out);
}

void Session::prepare_or_go_on(const event::Welcomed& e, Commands& out) {
  if (e.have_schema && e.have_dictionary) {
    download(out);
    push(out);
    return;
  }
  state_ = SessionState::preparing;
  wanted_ = {};
  if (!e.have_schema) wanted_.schema = e.welcome.schema;
  if (!e.have_dictionary) wanted_.dictionary = e.welcome.dictionary;
  out.push_back(wanted_);
  push(out);
}

void Session::on(const event::Prepared&, Commands& out) {
  if (state_ != SessionState::preparing) return;
  download(out);
  push(out);
}

void Session::download(Commands& out) {
  backoff_.reset();
  if (resume_ == Resume::bootstrap) {
    state_ = SessionState::bootstrapping;
    chunks_waiting_.clear();
    chunks_in_flight_ = 0;
    chunks_at_once_ = 1;
    out.push_back(command::FetchManifest{});
  } else {
    state_ = SessionState::following;
    // The first pull returns at once, so that the screen learns soon how old its data are.
    out.push_back(command::StartPull{0});
  }
}

void Session::on(const event::ManifestKept& e, Commands& out) {
  if (state_ != SessionState::bootstrapping) return;
  chunks_waiting_.assign(e.missing.rbegin(), e.missing.rend());  // taken from the back: the hub's order
  fetch_chunks(out);
}

void Session::fetch_chunks(Commands& out) {
  while (!chunks_waiting_.empty() && chunks_in_flight_ < chunks_at_once_) {
    out.push_back(command::FetchChunk{chunks_waiting_.back()});
    chunks_waiting_.pop_back();
    ++chunks_in_flight_;
  }
  if (chunks_in_flight_ == 0) out.push_back(command::FinishBootstrap{});
}

void Session::on(const event::ChunkKept& e, Commands& out) {
  if (state_ != SessionState::bootstrapping || chunks_in_flight_ == 0) return;
  --chunks_in_flight_;
  chunks_at_once_ = e.slow ? 1 : options_.chunks_in_flight;
  fetch_chunks(out);
}

void Session::on(const event::Bootstrapped&, Commands& out) {
  if (state_ != SessionState::bootstrapping) return;
  last_error_.reset();  // that of a copy that was not taken
  resume_ = Resume::follow;
  download(out);
}

void Session::on(const event::PushStarted& e, Commands& out) {
  upload_.sent(e.lane, e.from, e.to);
  push(out);
}

void Session::on(const event::PushAnswered& e, Commands& out) {
  if (!uploading()) return;
  switch (e.answer) {
    case PushAnswer::results:
      upload_.acknowledged(e.lane, e.from, e.to);
      push(out);
      pull_when_due(out);
      return;
    case PushAnswer::gap:
      // A hub that has less than before was restored from an older copy; its welcome tells how far back it went.
      if (!upload_.gap(e.lane, e.from, e.expected)) return greet(out);
      push(out);
      pull_when_due(out);
      return;
    case PushAnswer::fork:
      // Hello tells the numbers and hashes anew; the comparison starts from there.
      greet(out);
      return;
  }
}

void Session::on(const event::Pulled& e, Commands& out) {
  if (state_ != SessionState::following) return;
  if (e.reset) {
    greet(out);
    return;
  }
  last_error_.reset();  // that of a cut that was not taken
  caught_up_ = !e.more;
  if (!e.differing.empty()) {
    state_ = SessionState::repairing;
    keys_differing_ = e.differing;
    leaves_differing_.clear();
    repair_next(out);
    return;
  }
  pull_due_ = true;
  pulled_ms_ = now_ms_;
  pull_when_due(out);
}

void Session::on(const event::NotTaken& e, Commands& out) {
  if (state_ != SessionState::following && state_ != SessionState::bootstrapping && state_ != SessionState::preparing)
    return;
  last_error_ = e.error;
  chunks_waiting_.clear();
  chunks_in_flight_ = 0;
  caught_up_ = false;
  pull_due_ = true;
  no_pull_before_ms_ = now_ms_ + options_.not_taken_retry_ms;
  pull_when_due(out);
}

// Asked again with every answer to a push and when the distance is over, for on a slow line an answer takes long.
void Session::pull_when_due(Commands& out) {
  const bool downloading =
      state_ == SessionState::following || state_ == SessionState::bootstrapping || state_ == SessionState::preparing;
  if (!downloading || !pull_due_) return;
  const std::int64_t distant_ms = upload_.in_flight() ? pulled_ms_ + options_.pull_distance_ms : 0;
  const std::int64_t due_ms = std::max(distant_ms, no_pull_before_ms_);
  if (now_ms_ < due_ms) return out.push_back(command::Remind{due_ms});
  pull_due_ = false;
  if (state_ == SessionState::bootstrapping) return download(out);
  if (state_ == SessionState::preparing) return out.push_back(wanted_);
  out.push_back(command::StartPull{caught_up_ ? options_.pull_wait_ms : 0});
}

// One leaf after the other of one key after the other; back to following when none is left. A part that moved meanwhile
// is left for the next digest to find again.
void Session::repair_next(Commands& out) {
  if (keys_differing_.empty()) {
    state_ = SessionState::following;
    out.push_back(command::StartPull{0});
    return;
  }
  if (leaves_differing_.empty())
    out.push_back(command::CompareLeaves{keys_differing_.back()});
  else
    out.push_back(command::FetchLeaf{keys_differing_.back(), leaves_differing_.back()});
}

void Session::on(const event::LeavesCompared& e, Commands& out) {
  if (state_ != SessionState::repairing) return;
  leaves_differing_ = e.differing;
  if (e.moved || e.differing.empty()) {
    leaves_differing_.clear();
    keys_differing_.pop_back();
  }
  repair_next(out);
}

void Session::on(const event::Repaired& e, Commands& out) {
  if (state_ != SessionState::repairing || leaves_differing_.empty()) return;
  leaves_differing_.pop_back();
  if (e.moved) leaves_differing_.clear();
  if (leaves_differing_.empty()) keys_differing_.pop_back();
  repair_next(out);
}

void Session::on(const event::RoadChanged&, Commands& out) {
  backoff_.reset();
  greet(out);
}

void Session::on(const event::Failed& e, Commands& out) {
  last_error_ = e.error;
  if (state_ == SessionState::resting) return;
  const bool mends_itself = e.error.kind == ErrorKind::retry_later || e.error.kind == ErrorKind::start_over;
  rest(mends_itself ? backoff_.next(random_bits_, e.retry_after_ms)
                    : std::max(options_.person_retry_ms, e.retry_after_ms),
       out);
}

bool Session::uploading() const {
  if (state_ == SessionState::preparing) return !wanted_.dictionary;
  return state_ == SessionState::bootstrapping || state_ == SessionState::repairing ||
         state_ == SessionState::following;
}

// One order at a time: the driver reads the batch and says how far it went (PushStarted), then the next is considered.
void Session::push(Commands& out) {
  if (!uploading()) return;
  if (const auto request = upload_.next()) out.push_back(command::StartPush{*request});
}

}  // namespace holdline::sync
