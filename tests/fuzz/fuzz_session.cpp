// A workstation's session with a hub that answers anything. The input decides what happens: answers true and false,
// failures, entries, restarts, an outbox or a hub put back from an older copy. What must hold at every step stands in
// session_driver.hpp; and when the hub tells the truth at last, everything arrives.
#include "tests/fuzz/session_driver.hpp"

using namespace holdline;
using namespace holdline::fuzz;

namespace {

class World : SessionDriver {
 public:
  explicit World(Choices choices) : SessionDriver(choices) {}

  void run() {
    while (!choices_.done()) {
      something_happens();
      check();
    }
    tell_the_truth();
  }

 private:
  // --- what happens ---

  void something_happens() {
    switch (choices_.below(9)) {
      case 0:
      case 1:
        return answer(choices_.below(256), true);
      case 2:
      case 3:
        return answer(choices_.below(256), false);
      case 4:
        return fail_one();
      case 5:
        return save(static_cast<Lane>(choices_.below(lane_count)));
      case 6:
        return wait(choices_.pick(std::array<std::int64_t, 4>{1, 499, 500, 60'000}));
      case 7:
        return step(sync::event::Wake{});
      default:
        return choices_.coin() ? restart() : put_back_hub();
    }
  }

  void save(Lane lane) {
    const int count = choices_.pick(std::array{1, 2, 7, 600, 2'100});
    for (int i = 0; i < count && own_[lane].size() < max_actions; ++i) own_[lane].push_back(next_action_++);
    grew();
  }

  void wait(std::int64_t ms) {
    now_ms_ += ms;
    if (now_ms_ >= wake_at_ms_) step(sync::event::Wake{});
  }

  // The daemon starts again, perhaps with an older copy of its outbox.
  void restart() {
    session_ = sync::Session{sync::Session::Options{}};
    over();
    told_ = {};
    if (choices_.coin())
      for (auto& lane : own_) lane.resize(lane.size() - lane.size() / (1 + choices_.below(8)));
    wake_at_ms_ = now_ms_;
    grew();
    step(sync::event::Wake{});
  }

  // From then on it knows no cursor it told before.
  void put_back_hub() {
    ++hub_.epoch;
    for (auto& lane : hub_.chains) lane.resize(lane.size() - lane.size() / (1 + choices_.below(8)));
  }

  void fail_one() {
    if (asked_.empty()) return;
    asked_.erase(asked_.begin() + static_cast<std::ptrdiff_t>(choices_.below(256) % asked_.size()));
    const ErrorKind kind = choices_.pick(
        std::array{ErrorKind::retry_later, ErrorKind::start_over, ErrorKind::ask_person, ErrorKind::stop});
    step(sync::event::Failed{{kind, "code", "text"}, choices_.pick(std::array<std::int64_t, 2>{0, 3'600'000})});
  }

  // --- the hub's answers ---

  void answer(std::size_t which, bool truth) {
    if (asked_.empty()) return;
    const auto at = asked_.begin() + static_cast<std::ptrdiff_t>(which % asked_.size());
    const Asked asked = *at;
    asked_.erase(at);
    std::visit([this, truth](const auto& a) { truth ? answer(a) : lie(a); }, asked);
  }

  void welcomed(sync::event::Welcomed event) {
    greeted_in_ = hub_.epoch;
    for (Lane lane = 0; lane < lane_count; ++lane) {
      const std::uint64_t number = event.welcome.lanes[lane].number, own = size_of(own_, lane);
      event.hub_went_back = event.hub_went_back || number < told_[lane];
      const auto& hub = hub_.chains[lane];
      const bool same = number <= own &&
                        (number > hub.size() || number == 0 ||
                         hub[static_cast<std::size_t>(number - 1)] == own_[lane][static_cast<std::size_t>(number - 1)]);
      event.chain[lane] = same ? sync::ChainCheck::same : sync::ChainCheck::differs;
      told_[lane] = std::min(number, own);
      credit_[lane] = event.welcome.lanes[lane].credit;
    }
    step(event);
  }

  void answer(const AskedHello&) {
    sync::event::Welcomed event;
    for (Lane lane = 0; lane < lane_count; ++lane) event.welcome.lanes[lane] = hub_.ack(lane);
    event.welcome.resume = filled_ ? sync::Resume::follow : sync::Resume::bootstrap;
    event.have_schema = event.have_dictionary = true;
    welcomed(event);
  }
  void lie(const AskedHello&) {
    sync::event::Welcomed event;
    for (Lane lane = 0; lane < lane_count; ++lane) {
      event.welcome.lanes[lane].number = choices_.number(size_of(own_, lane));
      event.welcome.lanes[lane].credit = choices_.pick(std::array{1u, 2u, 2'000u, ~0u});
    }
    event.welcome.resume = choices_.coin() ? sync::Resume::follow : sync::Resume::bootstrap;
    event.have_schema = choices_.coin();
    event.have_dictionary = choices_.coin();
    event.hub_went_back = choices_.coin();
    lied_ = true;
    welcomed(event);
  }

  void answer(const AskedCompare& a) {
    std::uint64_t common = a.first - 1;
    const auto &own = own_[a.lane], &hub = hub_.chains[a.lane];
    for (std::uint64_t n = a.first; n <= a.last && n <= hub.size(); ++n)
      if (own[static_cast<std::size_t>(n - 1)] == hub[static_cast<std::size_t>(n - 1)]) common = n;
    step(sync::event::CommonFound{a.lane, a.first, common});
  }
  void lie(const AskedCompare& a) { step(sync::event::CommonFound{a.lane, a.first, choices_.number(a.last)}); }

  void answer(const AskedParts&) { step(sync::event::Prepared{}); }
  void lie(const AskedParts&) { step(sync::event::Failed{{ErrorKind::retry_later, "hash-differs", ""}, 0}); }

  void missing(std::size_t chunks) {
    missing_.clear();
    for (std::size_t i = 0; i < chunks; ++i) missing_.push_back(sync::sha256(std::string(1, static_cast<char>(i))));
    step(sync::event::ManifestKept{missing_});
  }
  void answer(const AskedManifest&) { missing(3); }
  void lie(const AskedManifest&) { missing(choices_.below(40)); }

  void answer(const AskedChunk& a) {
    filled_ = filled_ || (missing_.empty() && asked_.empty());
    step(sync::event::ChunkKept{a.hash});
  }
  void lie(const AskedChunk&) { step(sync::event::Failed{{ErrorKind::start_over, "not-here", ""}, 0}); }

  void answered(const AskedPush& a, sync::PushAnswer answer, std::uint64_t expected) {
    if (answer == sync::PushAnswer::results) told_[a.lane] = std::max(told_[a.lane], a.to);
    step(sync::event::PushAnswered{a.lane, a.from, a.to, answer, expected});
  }
  void answer(const AskedPush& a) {
    auto& hub = hub_.chains[a.lane];
    if (a.from > hub.size() + 1) return answered(a, sync::PushAnswer::gap, hub.size() + 1);
    for (std::uint64_t n = a.from; n <= a.to; ++n) {
      const std::uint32_t action = own_[a.lane][static_cast<std::size_t>(n - 1)];
      if (n <= hub.size() && hub[static_cast<std::size_t>(n - 1)] != action)
        return answered(a, sync::PushAnswer::fork, n);
      if (n > hub.size()) hub.push_back(action);
    }
    answered(a, sync::PushAnswer::results, 0);
  }
  void lie(const AskedPush& a) {
    const auto answer =
        choices_.pick(std::array{sync::PushAnswer::results, sync::PushAnswer::gap, sync::PushAnswer::fork});
    lied_ = lied_ || answer == sync::PushAnswer::results;
    answered(a, answer, choices_.number(a.from));
  }

  void answer(const AskedPull&) {
    sync::event::Pulled pulled;
    pulled.reset = greeted_in_ != hub_.epoch;
    step(pulled);
  }
  void lie(const AskedPull&) {
    sync::event::Pulled pulled;
    pulled.reset = choices_.below(4) == 1;
    pulled.more = choices_.coin();
    for (std::size_t i = choices_.below(4); i > 0; --i)
      pulled.differing.push_back({"acme", static_cast<sync::CollectionNo>(i), 0});
    step(pulled);
  }

  void answer(const AskedLeaves& a) { step(sync::event::LeavesCompared{a.key, false, {}}); }
  void lie(const AskedLeaves& a) {
    sync::event::LeavesCompared compared{a.key, choices_.coin(), {}};
    for (std::size_t i = choices_.below(4); i > 0; --i) compared.differing.push_back(static_cast<std::uint8_t>(i));
    step(compared);
  }

  void answer(const AskedLeaf& a) { step(sync::event::Repaired{a.key, a.leaf, false}); }
  void lie(const AskedLeaf& a) { step(sync::event::Repaired{a.key, a.leaf, true}); }

  // --- how it ends ---

  // A conversation in which the hub lied about what it has cannot end well; every other has to, from wherever it is.
  void tell_the_truth() {
    if (lied_) {
      step(sync::event::Failed{{ErrorKind::retry_later, "unreachable", ""}, 0});
      told_ = {};
    }
    constexpr int enough = 1'000;
    for (int i = 0; i < enough && !arrived(); ++i) {
      if (asked_.empty())
        wait(std::max<std::int64_t>(1, wake_at_ms_ - now_ms_));
      else
        answer(0, true);
      check();
    }
    require(arrived(), "when the hub tells the truth everything arrives");
  }

  bool arrived() const { return session_.settled() && hub_.chains == own_; }

  int greeted_in_ = 0;   // the hub's epoch in this conversation
  bool filled_ = false;  // the copy was once complete
  bool lied_ = false;    // about what the hub has
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  World(Choices(data, size)).run();
  return 0;
}
