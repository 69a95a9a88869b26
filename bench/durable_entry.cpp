// What a person waits for after pressing "save": one entry in the outbox, durably, by the way the daemon goes.

#include <semaphore>

#include "agent/outbox_worker.hpp"
#include "agent/overlay.hpp"
#include "bench/measure.hpp"
#include "bench/table_rows.hpp"
#include "bench/workloads.hpp"
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
    worker_.emplace(std::move(outbox), schema_, worker);
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

}  // namespace

void durable_entry(const Options& options, Report& report) {
  const std::size_t rounds = options.quick ? 3 : 15, per_round = options.quick ? 50 : 400;
  const Scratch scratch(options.directory);
  Desk desk(scratch);
  machine::SyncedLog log(scratch / "log");
  const std::string record(record_bytes, 'x');
  const auto entries = generator::entries((rounds + 1) * per_round, generator::NoteSet::grammar);
  std::vector<agent::Draft> drafts;
  for (const generator::Entry& entry : entries) drafts.push_back(desk.draft(entry));

  Rounds half;
  std::vector<double> of_entries, of_appends;
  for (std::size_t round = 0; round <= rounds; ++round) {
    const auto append = microseconds_each(per_round, [&](std::size_t) { log.append(record); });
    const auto save =
        microseconds_each(per_round, [&](std::size_t i) { desk.save(std::move(drafts[round * per_round + i])); });
    if (round == 0) continue;  // the files grow to their usual shape
    half.add(median(save), median(append));
    of_entries.insert(of_entries.end(), save.begin(), save.end());
    of_appends.insert(of_appends.end(), append.begin(), append.end());
  }
  report.add({"durable_entry",
              median(of_entries),
              "us",
              median(of_appends),
              half.limit_over_product(),
              {{"p99", percentile(of_entries, 0.99)}, {"limit_p99", percentile(of_appends, 0.99)}}});
}

}  // namespace holdline::bench
