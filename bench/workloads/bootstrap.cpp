// A workstation's first day: 100,000 customers into an empty replica, searchable at the end.

#include "agent/replica/search.hpp"
#include "bench/measure.hpp"
#include "bench/snapshot.hpp"
#include "bench/table_rows.hpp"
#include "bench/workloads/workloads.hpp"
#include "tests/support/generator_ops.hpp"

namespace holdline::bench {

namespace {

// The same rows in the same tables with the same indexes, from memory: prepared inserts in key order in one
// transaction without a journal, indexes last, then one sync. Words and lookups come ready made; the product works them
// out from the records.
class BareLoad {
 public:
  BareLoad(const sync::Schema& schema, const std::filesystem::path& replica, const platform::SecretKey& key,
           std::uint32_t customers)
      : layout_(schema), key_(key.clone()) {
    BareDatabase filled(replica, key_);
    // What FTS5 keeps in tables of its own is written through its words.
    tables_ = all_rows(filled, [](std::string_view table) { return !table.starts_with("_names_"); });
    const agent::NameNormalizer normalizer;
    const agent::Shape& shape = *layout_.shape(schema.collection("customer")->no);
    names_ = shape.names;
    std::map<sync::Id, std::string> words;
    for (std::uint32_t i = 0; i < customers; ++i) {
      const auto ops = generator::customer_ops(schema, generator::customer(i), "acme/london");
      std::string& text = words[ops.front().record.id];
      for (const std::string& word :
           agent::search_keys(shape, normalizer, generator::record_of(schema, ops.front())).words)
        text += (text.empty() ? "" : " ") + word;
    }
    for (auto& [id, text] : words) words_.push_back(std::move(text));
  }

  Took run(const std::filesystem::path& file) const {
    const Stopwatch watch;
    {
      BareDatabase db(file, key_, platform::Durability::none);
      db.exec("BEGIN IMMEDIATE;" + layout_.tables_sql());
      db.exec("INSERT INTO " + names_ + "(" + names_ + ", rank) VALUES ('hashsize', 33554432)");
      for (const TableRows& table : tables_) {
        const auto insert = db.prepare(table.insert_sql());
        table.insert(db, insert.get(), 0, table.size());
      }
      const auto insert = db.prepare("INSERT INTO " + names_ + "(rowid, words) VALUES (?, ?)");
      for (std::size_t i = 0; i < words_.size(); ++i) {
        sqlite3_bind_int64(insert.get(), 1, static_cast<sqlite3_int64>(i) + 1);
        sqlite3_bind_text(insert.get(), 2, words_[i].data(), static_cast<int>(words_[i].size()), SQLITE_STATIC);
        db.step(insert.get());
        sqlite3_reset(insert.get());
      }
      db.exec(layout_.indexes_sql() + "COMMIT");
    }
    must(platform::publish_file(file, file.string() + ".done"));
    return took(watch);
  }

 private:
  agent::Layout layout_;
  platform::SecretKey key_;
  std::string names_;
  std::vector<TableRows> tables_;
  std::vector<std::string> words_;  // of the customers in the order of their ids, which is that of their rows
};

}  // namespace

void bootstrap(const Options& options, Report& report) {
  const std::uint32_t customers = options.quick ? 5'000 : 100'000;
  const std::size_t rounds = options.quick ? 1 : 3;
  const sync::Schema schema = must(sync::Schema::parse(sync::default_schema_text()));
  const Snapshot snapshot = make_snapshot(schema, customers);
  double bytes = 0;
  for (const sync::ChunkInfo& chunk : snapshot.manifest.chunks) bytes += static_cast<double>(chunk.bytes);
  const platform::SecretKey key = drawn_key();

  std::optional<BareLoad> bare;
  Rounds wall, cpu;
  for (std::size_t round = 0; round < rounds; ++round) {
    const Scratch scratch(options.directory);
    agent::ReplicaOptions replica;
    replica.directory = scratch.path();
    const Stopwatch watch;
    fill_replica(replica, key, schema, snapshot);
    const Took product = took(watch);
    if (!bare) bare.emplace(schema, scratch / "replica.db", key, customers);
    const Took limit = bare->run(scratch / "bare.db");
    wall.add(product.seconds, limit.seconds);
    cpu.add(product.cpu_seconds, limit.cpu_seconds);
  }
  report.add({"bootstrap",
              median(wall.product),
              "s",
              median(wall.limit),
              wall.limit_over_product(),
              {{"customers", customers},
               {"customers_per_s", customers / median(wall.product)},
               {"cpu_seconds", median(cpu.product)},
               {"cpu_ratio", cpu.limit_over_product()},
               {"wire_bytes_per_customer", bytes / customers}}});
}

}  // namespace holdline::bench
