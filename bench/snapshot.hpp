// Generated customers as the hub would hand them to a joining workstation, and a replica filled with them as the engine
// fills it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>

#include "agent/replica/replica.hpp"
#include "sync/wire/compress.hpp"

namespace holdline::bench {

struct Snapshot {
  sync::Manifest manifest;
  std::map<sync::Hash, sync::Bytes> chunks;  // compressed, by the hash of these bytes
};

// Customers 0..count-1 of the generator with their phones and emails: whole rows in the order of their ids, one
// collection after the other, in chunks of the usual size.
Snapshot make_snapshot(const sync::Schema& schema, std::uint32_t count);

// From an empty directory to a replica that can be searched: every chunk checked, decompressed, decoded and stored, the
// indexes built, the digests compared, the file synced and put in place. Without the transfer.
std::unique_ptr<agent::Replica> fill_replica(const agent::ReplicaOptions& options, const platform::SecretKey& key,
                                             const sync::Schema& schema, const Snapshot& snapshot);

}  // namespace holdline::bench
