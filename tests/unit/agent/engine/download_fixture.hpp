// An engine whose hub serves snapshots from the test.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/agent/engine/fixture.hpp"

namespace holdline::agent {

inline const sync::Id next_epoch = id_of(0xe0000002);

class EngineDownloadTest : public EngineTest {
 protected:
  struct Served {
    sync::Manifest manifest;
    std::map<std::string, sync::Bytes> chunks;  // by path
  };
  // A snapshot with its chunks as the hub would send them.
  Served serve(sync::ChangeNumber cn, const std::vector<sync::Record>& records) {
    const Snapshot snapshot(cn, records);
    Served served{snapshot.manifest, {}};
    served.manifest.epoch = next_epoch;
    for (std::size_t i = 0; i < snapshot.chunks.size(); ++i) {
      const sync::Bytes raw = sync::encode_changes(test_schema(), snapshot.chunks[i]);
      auto bytes = packed(raw);
      sync::ChunkInfo& info = served.manifest.chunks[i];
      info.hash = sync::sha256(bytes);
      info.bytes = bytes.size();
      info.raw_bytes = raw.size();
      served.chunks[std::string(sync::path::chunk) + sync::to_hex(info.hash.view())] = std::move(bytes);
    }
    return served;
  }
  sync::Welcome bootstrap_welcome() const {
    auto other = welcome();
    other.epoch = next_epoch;
    other.resume = sync::Resume::bootstrap;
    return other;
  }
  void begin_bootstrap(const Served& served) {
    must(engine->start());
    greet(bootstrap_welcome());
    answer(take(sync::path::snapshot), sync::encode_json(served.manifest));
  }
  // All of it, from the snapshot that was asked for to the swap.
  void bootstrap_from(const Served& served) {
    begin_bootstrap(served);
    take_chunks(served);
  }
  void take_chunks(const Served& served) {
    while (waiting(sync::path::chunk) > 0) {
      const Posted request = take(sync::path::chunk);
      answer(request, served.chunks.at(request.path));
    }
  }
  std::vector<sync::Record> customers(std::uint32_t count) {
    std::vector<sync::Record> records;
    for (std::uint32_t n = 1; n <= count; ++n) records.push_back(customer_of(n, "Ada", "Nr " + std::to_string(n)));
    return records;
  }
};

}  // namespace holdline::agent
