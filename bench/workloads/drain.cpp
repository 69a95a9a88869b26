// The end of an outage: a workstation with 10,000 entries in its outbox meets its hub again.

#include <optional>

#include "bench/measure.hpp"
#include "bench/table_rows.hpp"
#include "bench/workloads/workloads.hpp"
#include "bench/world.hpp"
#include "sync/base/limits.hpp"
#include "sync/wire/dictionary.hpp"
#include "tests/support/generator_ops.hpp"

namespace holdline::bench {

namespace {

// Bytes of all push bodies for what waits in the outbox, made as the engine makes them: it counts no bytes itself.
double push_bytes(Station& station, const sync::Dictionary& dictionary) {
  return station.workstation().outbox().run([&](agent::Outbox& outbox) {
    sync::Compressor compressor;
    std::size_t bytes = 0;
    const auto lanes = outbox.status().lanes;
    for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
      std::uint64_t from = outbox.acknowledged()[lane];
      while (from < lanes[lane].number) {
        sync::Push push;
        push.batch = must(outbox.read_batch(lane, from, sync::limits::actions_per_push, sync::limits::message_bytes));
        from = push.batch.actions.back().number;
        bytes += compressor.compress(sync::encode_push(push), &dictionary).size();
      }
    }
    return static_cast<double>(bytes);
  });
}

// The rows that the drain left in the ledger, written by prepared inserts with the ledger's settings into the same
// tables and indexes, in as many transactions as the hub made.
class BareInserts {
 public:
  explicit BareInserts(const HubHost& hub, platform::Entropy& entropy)
      : key_(must(must(platform::FileKeystore::open(hub.directory() / "keys", entropy)).load("ledger"))) {
    BareDatabase ledger(hub.directory() / "ledger.db", key_);
    tables_ = all_rows(ledger, [](std::string_view) { return true; });
    const auto select = ledger.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL");
    while (ledger.step(select.get()))
      schema_ += reinterpret_cast<const char*>(sqlite3_column_text(select.get(), 0)) + std::string(";");
    for (const TableRows& table : tables_)
      if (table.table() == "tx") transactions_ = std::max<std::size_t>(table.size(), 1);
  }

  std::size_t transactions() const { return transactions_; }

  Took run(const std::filesystem::path& file) const {
    BareDatabase db(file, key_);
    db.exec(schema_);
    std::vector<BareDatabase::Statement> inserts;
    for (const TableRows& table : tables_) inserts.push_back(db.prepare(table.insert_sql()));
    const Stopwatch watch;
    for (std::size_t part = 0; part < transactions_; ++part) {
      db.exec("BEGIN IMMEDIATE");
      for (std::size_t i = 0; i < tables_.size(); ++i)
        tables_[i].insert(db, inserts[i].get(), part * tables_[i].size() / transactions_,
                          (part + 1) * tables_[i].size() / transactions_);
      db.exec("COMMIT");
    }
    return took(watch);
  }

 private:
  platform::SecretKey key_;
  std::string schema_;
  std::vector<TableRows> tables_;
  std::size_t transactions_ = 1;
};

struct Drained {
  Took product, limit;
  double level_seconds = 0;  // until the workstation had pulled everything back as well
  double wire_bytes = 0;
  double transactions = 0;
};

Drained drain_once(const Options& options, std::span<const generator::Entry> entries, bool whole) {
  const Scratch scratch(options.directory);
  Dependencies deps;
  HubHost hub(deps, scratch / "hub");
  hub.start();
  std::optional<Station> station(std::in_place, deps, hub, scratch / "desk");
  hub.stop();
  station->save(entries);

  Drained drained;
  const sync::Dictionary dictionary(hub.parts().ledger->identity().dictionary);
  drained.wire_bytes = push_bytes(*station, dictionary);
  if (!whole) return drained;
  hub.start();
  const Stopwatch watch;
  station->wake();
  wait_until("the drain", [&] { return station->waiting() == 0; });
  drained.product = took(watch);
  const sync::Cursor head = must(must(hub.parts().ledger->reader())->head());
  wait_until("being level", [&] { return station->workstation().sync_status().replica.cursor == head; });
  drained.level_seconds = watch.seconds();
  station.reset();
  hub.close();
  const BareInserts bare(hub, deps.entropy);
  drained.transactions = static_cast<double>(bare.transactions());
  drained.limit = bare.run(scratch / "bare.db");
  return drained;
}

}  // namespace

void drain(const Options& options, Report& report) {
  const std::size_t count = options.quick ? 1'000 : 10'000, rounds = options.quick ? 1 : 5;
  const auto per_entry = [&](double value) { return value / static_cast<double>(count); };
  const auto entries = generator::entries(count, generator::NoteSet::grammar);
  Rounds wall, cpu;
  std::vector<double> level, transactions;
  double wire = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    const Drained drained = drain_once(options, entries, true);
    wall.add(drained.product.seconds, drained.limit.seconds);
    cpu.add(drained.product.cpu_seconds, drained.limit.cpu_seconds);
    level.push_back(drained.level_seconds);
    transactions.push_back(drained.transactions);
    wire = drained.wire_bytes;
  }
  report.add({"drain.entries_per_s",
              1 / per_entry(median(wall.product)),
              "1/s",
              1 / per_entry(median(wall.limit)),
              wall.limit_over_product(),
              {{"seconds", median(wall.product)},
               {"level_seconds", median(level)},
               {"cpu_us_per_entry", 1e6 * per_entry(median(cpu.product))},
               {"limit_cpu_us_per_entry", 1e6 * per_entry(median(cpu.limit))},
               {"cpu_ratio", cpu.limit_over_product()},
               {"transactions", median(transactions)}}});
  report.add({"drain.wire_bytes_per_entry", per_entry(wire), "B", {}, {}, {}});
  const auto free_text = generator::entries(count, generator::NoteSet::free);
  report.add(
      {"drain.wire_bytes_per_entry.F", per_entry(drain_once(options, free_text, false).wire_bytes), "B", {}, {}, {}});
}

}  // namespace holdline::bench
