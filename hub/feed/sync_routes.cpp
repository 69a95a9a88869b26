#include "hub/feed/sync_routes.hpp"

#include <unordered_map>

#include "sync/base/limits.hpp"
#include "sync/session/probe.hpp"

namespace holdline::hub {

namespace {

using Reading = Result<sync::Bytes> (*)(SyncService&, const Device&, std::string_view body, std::int64_t now_ms);

const std::unordered_map<std::string_view, Reading>& readings() {
  using Body = std::string_view;
  static const std::unordered_map<std::string_view, Reading> table = {
      {sync::path::hello,
       [](SyncService& s, const Device& d, Body body, std::int64_t now) { return s.hello(d, body, now); }},
      {sync::path::compare,
       [](SyncService& s, const Device& d, Body body, std::int64_t) { return s.compare(d, body); }},
      {sync::path::snapshot,
       [](SyncService& s, const Device& d, Body, std::int64_t now) { return s.manifest(d, now); }},
      {sync::path::leaves, [](SyncService& s, const Device& d, Body body, std::int64_t) { return s.leaves(d, body); }},
      {sync::path::repair, [](SyncService& s, const Device& d, Body body, std::int64_t) { return s.repair(d, body); }},
      {sync::path::probe,
       [](SyncService& s, const Device&, Body body, std::int64_t now) { return s.probe(body, now); }},
      {sync::path::people,
       [](SyncService& s, const Device& d, Body body, std::int64_t now) { return s.people(d, body, now); }},
      {sync::path::history,
       [](SyncService& s, const Device& d, Body body, std::int64_t) { return s.history(d, body); }},
  };
  return table;
}

// Paths that end in a hash.
Result<sync::Bytes> by_hash(SyncService& service, const Device& device, std::string_view path, std::string_view body) {
  if (path.starts_with(sync::path::chunk)) return service.chunk(device, path.substr(sync::path::chunk.size()), body);
  if (path.starts_with(sync::path::schema)) return service.schema(path.substr(sync::path::schema.size()));
  if (path.starts_with(sync::path::dictionary)) return service.dictionary(path.substr(sync::path::dictionary.size()));
  return fail(ErrorKind::ask_person, "unknown-path", "There is nothing here; the protocol page lists what is.");
}

}  // namespace

Result<sync::Bytes> answer_reading(SyncService& service, const Device& device, std::string_view path,
                                   std::string_view body, std::int64_t now_ms) {
  const auto reading = readings().find(path);
  return reading == readings().end() ? by_hash(service, device, path, body)
                                     : reading->second(service, device, body, now_ms);
}

Result<IncomingPush> read_push_body(SyncService& codec, const sync::SchemaVersions& schemas, const Device& device,
                                    std::string_view body) {
  HOLDLINE_ASSIGN(const auto raw, codec.inflate(body, sync::limits::message_bytes));
  HOLDLINE_ASSIGN(auto push, sync::decode_push(raw));
  return read_push(schemas, device, std::move(push));
}

}  // namespace holdline::hub
