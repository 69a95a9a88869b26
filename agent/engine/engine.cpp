#include "agent/engine/engine.hpp"

#include <algorithm>

#include "sync/base/limits.hpp"

namespace holdline::agent {

namespace {

constexpr std::size_t compare_hashes = 500;

}  // namespace

Engine::Engine(Parts parts, Events events, sync::Session::Options options, LineLimits line)
    : parts_(parts), events_(std::move(events)), session_(options), down_(line), up_(line) {}

Result<void> Engine::start() {
  auto derived = outbox_recovered();
  wake();
  return derived;
}

Result<void> Engine::outbox_recovered() {
  auto derived = rebuild_overlay();
  outbox_grew();
  return derived;
}

void Engine::derive_if_due() {
  if (overlay_due_) static_cast<void>(outbox_recovered());
}

void Engine::replica_is_damaged() {
  if (parts_.replica.is_corrupt()) return;
  parts_.replica.mark_corrupt();
  failed({ErrorKind::start_over, "replica-damaged",
          "The local copy is damaged and is fetched again from the hub. Unsent entries are not affected. If it happens "
          "again, have the disk checked."});
}

void Engine::wake() { step(sync::event::Wake{}); }

void Engine::outbox_grew() {
  sync::event::OutboxGrew grew;
  parts_.outbox.run([&](Outbox& outbox) {
    const auto lanes = outbox.status().lanes;
    for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) grew.tips[lane] = lanes[lane].number;
  });
  step(grew);
}

void Engine::step(const sync::SessionEvent& event) {
  const std::uint64_t conversation = conversation_;
  for (const sync::SessionCommand& action : session_.step(event, parts_.clock.now().boot_ms, parts_.entropy.u64())) {
    // An action that failed has ended the conversation: the rest was decided for one that is over.
    if (conversation != conversation_) break;
    perform(action);
  }
  look_at_certificate();
  publish();
}

void Engine::look_at_certificate() {
  if (renewal_.look(parts_.clock.now(), expired_at_hub_) && events_.certificate_due) events_.certificate_due();
}

void Engine::identified(const sync::CertificateLife& certificate, std::int64_t outbox_lost_ms) {
  renewal_.begin(certificate);
  outbox_lost_ms_ = outbox_lost_ms;
}

void Engine::certificate_renewed(const sync::CertificateLife& certificate) {
  renewal_.granted(certificate, parts_.clock.now());
  status_.renewal_error.reset();
  expired_at_hub_ = false;
  step(sync::event::RoadChanged{});
}

void Engine::renewal_failed(Error error) {
  const auto now = parts_.clock.now();
  renewal_.failed(now, parts_.entropy.u64());
  status_.renewal_error = sync::explain_refusal(std::move(error), renewal_.life(), now.wall_ms);
  publish();
}

void Engine::outbox_begun_anew(std::int64_t outbox_lost_ms) {
  outbox_lost_ms_ = outbox_lost_ms;
  static_cast<void>(outbox_recovered());  // derived again before the greeting when it could not be now
  step(sync::event::RoadChanged{});
}

void Engine::enrolled_again(const sync::CertificateLife& certificate, std::int64_t outbox_lost_ms) {
  outbox_lost_ms_ = outbox_lost_ms;
  certificate_renewed(certificate);
}

void Engine::perform(const sync::SessionCommand& action) {
  std::visit([this](const auto& a) { perform(a); }, action);
}

void Engine::publish() {
  status_.state = session_.state();
  status_.connected = session_.connected();
  status_.settled = session_.settled();
  status_.last_error = session_.last_error();
  status_.replica = parts_.replica.position();
  status_.certificate = renewal_.life();
  if (events_.published) events_.published(status_);
}

void Engine::failed(Error error, std::int64_t retry_after_ms) {
  expired_at_hub_ = error.code == "certificate-expired";
  error = sync::explain_refusal(std::move(error), renewal_.life(), parts_.clock.now().wall_ms);
  step(sync::event::Failed{std::move(error), retry_after_ms});
}

void Engine::post(std::string_view path, sync::Bytes body, std::int64_t timeout_ms, Answer then, LineShare* bulk) {
  const std::uint64_t token = next_token_++;
  waiting_.emplace(token, Waiting{std::move(then), bulk, std::string(path), parts_.clock.now().boot_ms});
  parts_.transport.post(token, std::string(path), std::move(body), timeout_ms);
}

// Whichever request tells it first: what was on its way was too much. A hub that is not there says nothing about the
// line.
void Engine::line_failed(const Error& error) {
  if (error.code != "timeout" && error.code != "connection-lost") return;
  for (LineShare* share : {&up_, &down_})
    if (std::ranges::any_of(waiting_, [&](const auto& one) { return one.second.bulk == share; })) share->broke();
}

void Engine::tell_exchange(const Waiting& request, const Result<TransportAnswer>& answer) {
  if (!events_.exchanged) return;
  Exchange exchange{request.path, answer.has_value(), {}, parts_.clock.now().boot_ms - request.sent_ms};
  if (!answer)
    exchange.error = answer.error();
  else if (answer->status != 200)
    exchange.error = sync::decode_error(answer->status, answer->body);
  events_.exchanged(exchange);
}

// Answers of a conversation that is over find no token and are dropped.
void Engine::answered(std::uint64_t token, Result<TransportAnswer> answer) {
  const auto found = waiting_.find(token);
  if (found == waiting_.end()) return;
  if (!answer) line_failed(answer.error());
  tell_exchange(found->second, answer);
  const Answer then = std::move(found->second.then);
  waiting_.erase(found);
  if (!answer) return failed(std::move(answer).error());
  if (answer->status != 200) return failed(sync::decode_error(answer->status, answer->body), answer->retry_after_ms);
  status_.last_contact_ms = parts_.clock.now().wall_ms;
  then(std::move(answer->body));
  derive_if_due();
}

Result<sync::Bytes> Engine::inflate(std::string_view body) {
  return compressor_.decompress(body, dictionary_ ? &*dictionary_ : nullptr, sync::limits::message_bytes);
}

Result<void> Engine::rebuild_overlay() {
  overlay_due_ = true;
  Result<std::vector<PendingAction>> pending;
  parts_.outbox.run([&](Outbox& outbox) {
    const sync::ChangeNumber cursor = parts_.replica.position().cursor.cn;
    outbox.reached(hub_wall_ms_, replica_is_of_other_history() ? 0 : cursor);
    pending = outbox.pending(parts_.replica.schema(), cursor);
    if (!pending) return;
    parts_.overlay.rebuild(outbox.maker(), cursor, *pending,
                           [&](sync::ActionRef ref) { return outbox.result_of(ref); });
  });
  if (!pending) return fail(std::move(pending));
  overlay_due_ = false;
  return {};
}

void Engine::perform(const sync::command::SayHello&) {
  derive_if_due();
  ++conversation_;
  parts_.transport.abandon();
  waiting_.clear();
  builder_.reset();
  sync::Hello hello;
  const ReplicaPosition position = parts_.replica.position();
  parts_.outbox.run([&](Outbox& outbox) {
    hello.maker = outbox.maker();
    hello.lanes = outbox.status().lanes;
    hello.results = outbox.results_cursor();
    hello.latest = outbox.latest_result();
  });
  // Without a place it gets a snapshot.
  if (!parts_.replica.is_corrupt()) {
    hello.epoch = position.epoch;
    hello.cursor = position.cursor;
    hello.grants = position.grants;
  }
  hello.schema = parts_.replica.schema().hash();
  hello.clock = parts_.clock.now();
  hello.outbox_lost_ms = outbox_lost_ms_;
  post(sync::path::hello, sync::encode_json(hello), request_timeout_ms, [this](sync::Bytes body) {
    auto welcome = sync::decode_welcome(body);
    if (!welcome) return failed(std::move(welcome).error());
    welcomed(*welcome);
  });
}

// The hub cannot follow on a place that it told itself in this epoch: it may have been put back from an older copy
// without noticing. Or its log is too short; then hearing the results again does no harm.
bool Engine::cursor_is_unknown(const sync::Welcome& welcome) const {
  return welcome.resume == sync::Resume::bootstrap && !parts_.replica.is_corrupt() &&
         parts_.replica.position().epoch == welcome.epoch;
}

void Engine::welcomed(const sync::Welcome& welcome) {
  welcome_ = welcome;
  expired_at_hub_ = false;
  hub_wall_ms_ = welcome.hub_wall_ms;
  status_.roster = welcome.roster;
  status_.clock_offset_ms = welcome.hub_wall_ms - parts_.clock.now().wall_ms;
  sync::event::Welcomed event{welcome, {}, false, false, false};
  event.have_schema = welcome.schema == parts_.replica.schema().hash();
  if (!dictionary_ || dictionary_->hash() != welcome.dictionary) {
    dictionary_.reset();
    if (auto kept = parts_.library.load(welcome.dictionary))
      if (auto dictionary = sync::Dictionary::parse(std::move(*kept))) dictionary_ = std::move(*dictionary);
  }
  event.have_dictionary = dictionary_.has_value();
  parts_.outbox.run([&](Outbox& outbox) {
    event.hub_went_back = outbox.epoch() != welcome.epoch || cursor_is_unknown(welcome);
    const auto lanes = outbox.status().lanes;
    const auto acknowledged = outbox.acknowledged(), pruned_through = outbox.pruned_through();
    event.hub_went_back = event.hub_went_back || welcome.results_differ || welcome.results < outbox.results_cursor();
    for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
      const sync::LaneAck& hub = welcome.lanes[lane];
      event.hub_went_back = event.hub_went_back || hub.number < acknowledged[lane];
      // What comes next there was pruned: the lane cannot go on from where the hub has it.
      if (hub.number > lanes[lane].number || hub.number < pruned_through[lane]) {
        event.chain[lane] = sync::ChainCheck::differs;
        continue;
      }
      if (hub.number == 0) continue;
      const auto own = outbox.hashes(lane, hub.number, 1);
      if (own && !own->empty() && own->front() != hub.hash) event.chain[lane] = sync::ChainCheck::differs;
    }
  });
  step(event);
}

void Engine::perform(const sync::command::VoidResults& a) {
  Result<void> done;
  parts_.outbox.run([&](Outbox& outbox) { done = outbox.void_results(welcome_.epoch, a.hub_has, a.stream_at); });
  if (done) done = rebuild_overlay();
  if (!done) failed(std::move(done).error());
}

void Engine::perform(const sync::command::AskCommon& a) {
  sync::Compare compare;
  compare.lane = a.lane;
  const std::uint64_t first = a.last >= compare_hashes ? a.last - compare_hashes + 1 : 1;
  Result<std::vector<sync::Hash>> hashes;
  parts_.outbox.run([&](Outbox& outbox) {
    compare.incarnation = outbox.maker().incarnation;
    hashes = outbox.hashes(a.lane, first, static_cast<std::size_t>(a.last - first + 1));
  });
  if (!hashes) return failed(std::move(hashes).error());
  // Older ones were pruned: what is known reaches up to `last`.
  compare.first = a.last - hashes->size() + 1;
  compare.hashes = std::move(*hashes);
  if (compare.hashes.empty()) return step(sync::event::CommonFound{a.lane, a.last, a.last});
  post(sync::path::compare, sync::encode_json(compare), request_timeout_ms,
       [this, lane = a.lane, from = compare.first](sync::Bytes body) {
         auto compared = sync::decode_compared(body);
         if (!compared) return failed(std::move(compared).error());
         step(sync::event::CommonFound{lane, from, compared->common});
       });
}

void Engine::perform(const sync::command::Reissue& a) {
  Result<void> done;
  parts_.outbox.run([&](Outbox& outbox) {
    if (auto moved = outbox.reissue(a.common); !moved) done = fail(std::move(moved));
  });
  if (done) done = rebuild_overlay();
  if (!done) return failed(std::move(done).error());
  outbox_grew();
  step(sync::event::Reissued{});
}

void Engine::perform(const sync::command::Remind& a) {
  if (events_.wake_at) events_.wake_at(a.at_ms);
}

void Engine::perform(const sync::command::Rest& a) {
  ++conversation_;
  parts_.transport.abandon();
  waiting_.clear();
  builder_.reset();
  status_.wake_at_ms = a.at_ms;
  if (events_.wake_at) events_.wake_at(a.at_ms);
}

}  // namespace holdline::agent
