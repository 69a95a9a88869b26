// What people who look things up wait for while a sync of the outbox takes five seconds, as on a disk that is reset or
// behind a network: the daemon's answers over its socket, to all that does not save.

#include <array>
#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

#include "bench/daemon.hpp"

namespace holdline::bench {

namespace {

using Json = nlohmann::json;

struct Asking {
  const char* method;
  std::string path;
};

class StalledDesk {
 public:
  explicit StalledDesk(const Options& options)
      : scratch_(options.directory),
        mark_((scratch_ / "stalled").string()),
        hub_(deps_, scratch_ / "hub"),
        daemon_(options, scratch_,
                {std::string("LD_PRELOAD=") + HOLDLINE_FAILING_SYNC_LIBRARY, "HOLDLINE_STALLED_SYNC=" + mark_}) {
    hub_.import_customers(options.quick ? 500 : 20'000);
    hub_.start();
    daemon_.join(hub_);
    std::string of_action;
    for (int i = 0; i < 60; ++i) of_action = save();
    asked_ = {{"GET", "/status"},
              {"GET", "/customers?q=mil"},
              {"GET", "/customers?q=4711"},
              {"GET", "/entries"},
              {"GET", "/callbacks"},
              {"GET", "/conflicts"},
              {"GET", "/outbox"},
              {"GET", "/outbox" + of_action},
              {"GET", "/outbox?state=needs-attention"},
              {"GET", "/outbox/export"},
              {"POST", "/sync"}};
  }

  // Milliseconds of each answer, for as long as `wanted` says.
  std::vector<double> answers(std::chrono::milliseconds wanted) {
    std::vector<double> took_ms;
    for (const Stopwatch all; all.seconds() * 1e3 < static_cast<double>(wanted.count());) {
      const Asking& asking = asked_[took_ms.size() % asked_.size()];
      const Stopwatch watch;
      const auto answer = must(daemon_.ask(asking.method, "/api/v1" + asking.path));
      took_ms.push_back(watch.seconds() * 1e3);
      if (answer.status != 200) throw std::runtime_error(asking.path + " was not answered: " + answer.body);
    }
    return took_ms;
  }

  // The same while a sync does not return, and somebody waits for it.
  std::vector<double> answers_beside_a_stall(std::chrono::milliseconds wanted) {
    mark(true);
    std::thread saving([this] { save(); });
    wait_until("a sync that waits", [&] { return std::filesystem::exists(mark_ + ".reached"); });
    auto took_ms = answers(wanted);
    mark(false);
    saving.join();
    std::filesystem::remove(mark_ + ".reached");
    return took_ms;
  }

 private:
  void mark(bool stalled) {
    if (stalled)
      std::filesystem::create_directory(mark_);
    else
      std::filesystem::remove(mark_);
  }

  // The place of the action, "/LANE/NUMBER".
  std::string save() {
    const Json entry{{"fields", {{"kind", "message"}, {"note", "please call back after lunch"}}}};
    const auto answer = must(daemon_.ask("POST", "/api/v1/entries", entry.dump(), "key-" + std::to_string(++saved_)));
    if (answer.status != 201) throw std::runtime_error("an entry was refused: " + answer.body);
    const Json action = Json::parse(answer.body).at("action");
    return "/" + std::to_string(action.at("lane").get<int>()) + "/" + action.at("number").get<std::string>();
  }

  const Scratch scratch_;
  const std::string mark_;
  Dependencies deps_;
  HubHost hub_;
  Daemon daemon_;
  int saved_ = 0;
  std::vector<Asking> asked_;
};

}  // namespace

void stalled_disk(const Options& options, Report& report) {
  const std::size_t rounds = options.quick ? 1 : 4;
  const std::chrono::milliseconds each(options.quick ? 500 : 5'000);
  StalledDesk desk(options);
  desk.answers(each / 5);  // pages and caches as they are on a day at work
  Rounds tails;
  std::vector<double> stalled, well;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto undisturbed = desk.answers(each), waiting = desk.answers_beside_a_stall(each);
    tails.add(percentile(waiting, 0.99), percentile(undisturbed, 0.99));
    stalled.insert(stalled.end(), waiting.begin(), waiting.end());
    well.insert(well.end(), undisturbed.begin(), undisturbed.end());
  }
  report.add({"stalled_disk.answer_p99_ms",
              percentile(stalled, 0.99),
              "ms",
              percentile(well, 0.99),
              tails.limit_over_product(),
              {{"median", median(stalled)},
               {"longest", percentile(stalled, 1)},
               {"answers", static_cast<double>(stalled.size())}}});
}

}  // namespace holdline::bench
