// What a person waits for after pressing "save": one entry in the outbox, durably, by the way the daemon goes.

#include <semaphore>

#include <nlohmann/json.hpp>

#include "agent/outbox/worker.hpp"
#include "agent/view/overlay.hpp"
#include "bench/daemon.hpp"
#include "bench/table_rows.hpp"
#include "tests/support/generator_ops.hpp"
#include "tests/support/machine.hpp"

namespace holdline::bench {

namespace {

constexpr std::size_t record_bytes = 512;  // about what an entry takes in the outbox

// The outbox on its thread, showing each entry in the overlay before it is acknowledged, as the daemon does.
class Desk {
 public:
  explicit Desk(const Scratch& scratch)
      : schema_(std::make_shared<const sync::Schema>(must(sync::Schema::parse(sync::default_schema_text())))),
        overlay_(*schema_) {
    agent::Outbox::Options options;
    options.path = scratch / "outbox.db";
    auto outbox = must(agent::Outbox::create(options, drawn_key(), entropy_.id(), clock_, entropy_));
    agent::OutboxWorkerOptions worker;
    worker.saved = [this](agent::Outbox& box, const agent::Saved& saved) {
      if (auto pending = box.find(*schema_, saved.ref); pending && *pending) overlay_.add(box.maker(), **pending);
    };
    worker_.emplace(std::move(outbox), schema_, clock_, worker);
  }

  agent::Draft draft(const generator::Entry& entry) const {
    agent::Draft draft;
    draft.idempotency_key = entry.id.text();
    draft.fingerprint = sync::sha256(entry.note);
    draft.event_ms = entry.at_ms;
    draft.ops.push_back(generator::entry_op(*schema_, entry, agent::created_here(0), "acme/london"));
    return draft;
  }

  // Durable when it returns.
  void save(agent::Draft draft) {
    worker_->submit(std::move(draft), [this](Result<agent::Saved> saved) {
      answer_ = std::move(saved);
      answered_.release();
    });
    answered_.acquire();
    must(std::move(answer_));
  }

 private:
  platform::SystemClock clock_;
  platform::SystemEntropy entropy_;
  std::shared_ptr<const sync::Schema> schema_;
  agent::Overlay overlay_;
  Result<agent::Saved> answer_;
  std::binary_semaphore answered_{0};
  std::optional<agent::OutboxWorker> worker_;
};

template <class Step>
std::vector<double> microseconds_each(std::size_t count, const Step& step) {
  std::vector<double> times;
  for (std::size_t i = 0; i < count; ++i) {
    const Stopwatch watch;
    step(i);
    times.push_back(watch.seconds() * 1e6);
  }
  return times;
}

struct Plan {
  std::size_t rounds, per_round;
};

// `save(i)` returns when entry i is durable. A round of the one, a round of the other; the first is not counted, in
// which the files grow to their usual shape.
template <class Save>
Figure beside_appends(std::string name, const Scratch& scratch, const Plan& plan, const Save& save) {
  machine::SyncedLog log(scratch / "log");
  const std::string record(record_bytes, 'x');
  Rounds middle;
  std::vector<double> of_entries, of_appends;
  for (std::size_t round = 0; round <= plan.rounds; ++round) {
    const auto append = microseconds_each(plan.per_round, [&](std::size_t) { log.append(record); });
    const auto saved = microseconds_each(plan.per_round, [&](std::size_t i) { save(round * plan.per_round + i); });
    if (round == 0) continue;
    middle.add(median(saved), median(append));
    of_entries.insert(of_entries.end(), saved.begin(), saved.end());
    of_appends.insert(of_appends.end(), append.begin(), append.end());
  }
  return {std::move(name),
          median(of_entries),
          "us",
          median(of_appends),
          middle.limit_over_product(),
          {{"p99", percentile(of_entries, 0.99)}, {"limit_p99", percentile(of_appends, 0.99)}}};
}

void in_process(const Options& options, Report& report) {
  const Plan plan = options.quick ? Plan{3, 50} : Plan{15, 400};
  const Scratch scratch(options.directory);
  Desk desk(scratch);
  std::vector<agent::Draft> drafts;
  for (const auto& entry : generator::entries((plan.rounds + 1) * plan.per_round, generator::NoteSet::grammar))
    drafts.push_back(desk.draft(entry));
  report.add(beside_appends("durable_entry", scratch, plan, [&](std::size_t i) { desk.save(std::move(drafts[i])); }));
}

// As the command line does it: a connection of its own, one request, the daemon's answer. The hub is away, so that the
// figure is not about what is sent on meanwhile.
void over_socket(const Options& options, Report& report) {
  const Plan plan = options.quick ? Plan{1, 50} : Plan{5, 200};
  const Scratch scratch(options.directory);
  Dependencies deps;
  HubHost hub(deps, scratch / "hub");
  hub.start();
  Daemon daemon(options, scratch);
  daemon.join(hub);
  hub.stop();
  const auto entries = generator::entries((plan.rounds + 1) * plan.per_round, generator::NoteSet::grammar);
  report.add(beside_appends("durable_entry.socket", scratch, plan, [&](std::size_t i) {
    const generator::Entry& entry = entries[i];
    const nlohmann::json fields{{"kind", entry.kind}, {"status", entry.status}, {"phone", entry.phone},
                                {"name", entry.name}, {"note", entry.note},     {"customer", entry.customer.text()}};
    const auto answer =
        must(daemon.ask("POST", "/api/v1/entries", nlohmann::json{{"fields", fields}}.dump(), entry.id.text()));
    if (answer.status != 201) throw std::runtime_error("an entry was refused: " + answer.body);
  }));
}

}  // namespace

void durable_entry(const Options& options, Report& report) {
  in_process(options, report);
  over_socket(options, report);
}

}  // namespace holdline::bench
