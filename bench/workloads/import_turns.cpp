// What a workstation waits for when somebody imports 500,000 customers at the same moment: from handing a push to the
// thread that writes the ledger to its durable answer. The import goes on for as long as pushes are measured.

#include <atomic>
#include <future>
#include <thread>

#include "agent/workstation.hpp"
#include "bench/measure.hpp"
#include "bench/workloads/workloads.hpp"
#include "bench/world.hpp"
#include "hub/admin/admin.hpp"
#include "hub/intake/ledger_thread.hpp"
#include "tests/support/machine.hpp"

namespace holdline::bench {

namespace {

std::string customers_csv(std::uint32_t count) {
  std::string csv = "ref,given,family,street,postcode,city,phone,email\n";
  for (std::uint32_t i = 0; i < count; ++i) {
    const generator::Customer customer = generator::customer(i);
    csv += "K-" + std::to_string(i);
    for (const std::string* field : {&customer.given, &customer.family, &customer.street, &customer.postcode,
                                     &customer.city, &customer.phone, &customer.email})
      csv += ",\"" + *field + "\"";
    csv += "\n";
  }
  return csv;
}

// Pushes of one entry each, read and checked, as a workstation sends them that is never far behind.
std::vector<hub::IncomingPush> single_pushes(Dependencies& deps, HubHost& hub, const Scratch& scratch,
                                             std::size_t count) {
  hub.start();
  Station station(deps, hub, scratch / "desk");
  hub.stop();
  station.save(generator::entries(count, generator::NoteSet::grammar));
  const hub::Ledger& ledger = *hub.parts().ledger;
  const auto device = must(hub.parts().ledger->devices()).front();
  return station.workstation().outbox().run([&](agent::Outbox& outbox) {
    std::vector<hub::IncomingPush> pushes;
    const auto acknowledged = outbox.acknowledged();
    for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
      for (std::uint64_t after = acknowledged[lane]; after < outbox.status().lanes[lane].number; ++after) {
        sync::Push push;
        push.clock = deps.clock.now();
        push.batch = must(outbox.read_batch(lane, after, 1, sync::limits::message_bytes));
        const std::uint32_t signed_in = must(sync::read_header(push.batch.actions.front().header)).assertion;
        push.assertions = must(outbox.assertions({&signed_in, 1}));
        pushes.push_back(must(hub::read_push(*ledger.schemas(), device, std::move(push))));
      }
    }
    return pushes;
  });
}

class Pusher {
 public:
  Pusher(hub::LedgerThread& thread, std::vector<hub::IncomingPush> pushes, const Scratch& scratch)
      : thread_(thread), pushes_(std::move(pushes)), log_(scratch / "log") {}

  struct Waits {
    std::vector<double> push_ms, sync_ms;
  };
  // One push after the other with a pause between them, at most `count` and while `wanted`. The shortest that anything
  // can take to be durable is measured beside each.
  template <class Wanted>
  Waits push(std::size_t count, const Wanted& wanted) {
    Waits waits;
    for (; count > 0 && next_ < pushes_.size() && wanted(); --count) {
      std::promise<Result<sync::PushReply>> answered;
      const Stopwatch watch;
      thread_.push(std::move(pushes_[next_++]), [&](Result<sync::PushReply> reply) { answered.set_value(reply); });
      const auto reply = must(answered.get_future().get());
      waits.push_ms.push_back(watch.seconds() * 1e3);
      if (reply.answer != sync::PushAnswer::results) throw std::runtime_error("a push was not taken");
      const Stopwatch syncing;
      log_.append(std::string(512, 'x'));
      waits.sync_ms.push_back(syncing.seconds() * 1e3);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return waits;
  }

 private:
  hub::LedgerThread& thread_;
  std::vector<hub::IncomingPush> pushes_;
  std::size_t next_ = 0;
  machine::SyncedLog log_;
};

// An import as the hub takes it over its administrator's socket.
struct Import {
  hub::AdminJob job;
  std::atomic<bool> running = true, enough = false;
  std::vector<double> turns_ms;  // the ledger's thread, until it has ended
  platform::HttpResponse answer;
};

void begin(Import& import, hub::LedgerThread& thread, HubHost& hub, Dependencies& deps) {
  hub::read_ahead(import.job, hub.parts(), deps.entropy, deps.clock);
  thread.run_in_turns([&](hub::Ledger&, hub::Intake& intake, hub::Traffic traffic) {
    import.job.traffic = traffic;
    const Stopwatch watch;
    auto answer = hub::Admin(hub.parts(), intake, deps.entropy, deps.clock).turn(import.job);
    import.turns_ms.push_back(watch.seconds() * 1e3);
    if (answer) {
      import.answer = *std::move(answer);
      import.running = false;
    }
    if (import.enough) import.running = false;
    return import.running.load();
  });
}

// Of rows that were read, all must be in.
void expect_taken(const Import& import) {
  if (!import.job.import || !*import.job.import)
    throw std::runtime_error("the import was refused: " + import.answer.body);
  const hub::ImportReport& report = (*import.job.import)->report();
  if (report.rejected_count != 0 || report.created != report.rows)
    throw std::runtime_error("the import refused rows: " + report.rejected.front().message);
}

void ask_for(Import& import, std::uint32_t rows) {
  import.job.request.method = "POST";
  import.job.request.path = "/admin/v1/import";
  import.job.request.query = {{"scope", bench_scope}};
  import.job.request.body = customers_csv(rows);
}

// Rows a second of a whole file while nobody pushes, read, checked, compared, durable, and looked through for
// duplicates.
double rows_alone(hub::LedgerThread& thread, HubHost& hub, Dependencies& deps, std::uint32_t rows) {
  Import import;
  ask_for(import, rows);
  const Stopwatch watch;
  begin(import, thread, hub, deps);
  wait_until("the end of the import", [&] { return !import.running; });
  const double seconds = watch.seconds();
  if (import.answer.status != 200) throw std::runtime_error("the import was refused: " + import.answer.body);
  return rows / seconds;
}

}  // namespace

void import_alone(const Options& options, Report& report) {
  const std::uint32_t rows = options.quick ? 2'000 : 20'000;
  const Scratch scratch(options.directory);
  Dependencies deps;
  HubHost hub(deps, scratch / "hub");
  hub::LedgerThread thread(*hub.parts().ledger, deps.entropy, deps.clock,
                           {[] {}, [](const Error&) { std::terminate(); }});
  const Stopwatch watch;
  const double fresh = rows_alone(thread, hub, deps, rows);
  const double cpu_per_row = watch.cpu_seconds() / rows;
  report.add({"import.rows_per_s",
              fresh,
              "rows/s",
              std::nullopt,
              std::nullopt,
              {{"rows", static_cast<double>(rows)},
               {"processor_us_per_row", cpu_per_row * 1e6},
               {"unchanged_rows_per_s", rows_alone(thread, hub, deps, rows)}}});
}

void import_turns(const Options& options, Report& report) {
  const std::uint32_t rows = options.quick ? 2'000 : 500'000;
  const std::size_t alone = options.quick ? 20 : 300, beside = options.quick ? 100 : 2'000;
  const Scratch scratch(options.directory);
  Dependencies deps;
  HubHost hub(deps, scratch / "hub");
  auto pushes = single_pushes(deps, hub, scratch, alone + beside);
  hub::LedgerThread thread(*hub.parts().ledger, deps.entropy, deps.clock,
                           {[] {}, [](const Error&) { std::terminate(); }});
  Pusher pusher(thread, std::move(pushes), scratch);
  const auto quiet = pusher.push(alone, [] { return true; });

  Import import;
  ask_for(import, rows);
  const Stopwatch importing;
  begin(import, thread, hub, deps);
  const auto disturbed = pusher.push(beside, [&] { return import.running.load(); });
  import.enough = true;
  wait_until("the end of a turn", [&] { return !import.running; });
  const double seconds = importing.seconds();
  expect_taken(import);
  const auto taken = static_cast<double>((*import.job.import)->report().created);

  const double waited = percentile(disturbed.push_ms, 0.99), sync = percentile(disturbed.sync_ms, 0.99);
  report.add({"import.push_p99_ms",
              waited,
              "ms",
              sync,
              sync / waited,
              {{"without_import", percentile(quiet.push_ms, 0.99)},
               {"median", median(disturbed.push_ms)},
               {"pushes", static_cast<double>(disturbed.push_ms.size())},
               {"turn_median_ms", median(import.turns_ms)},
               {"turn_p99_ms", percentile(import.turns_ms, 0.99)},
               {"longest_turn_ms", percentile(import.turns_ms, 1)},
               {"rows", taken},
               {"rows_per_s", taken / seconds}}});
}

}  // namespace holdline::bench
