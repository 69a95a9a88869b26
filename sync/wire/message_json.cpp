// Control messages as JSON, and what an error answer means by its HTTP status. Hashes and bytes are lower-case hex, ids
// UUIDs, 64-bit counters strings (a JSON number loses bits above 2^53 in many readers).

#include <set>

#include "sync/base/limits.hpp"
#include "sync/wire/json_reader.hpp"
#include "sync/wire/message.hpp"

namespace holdline::sync {

namespace {

using Json = nlohmann::json;

std::string number(std::uint64_t v) { return std::to_string(v); }
std::string hex(const Hash& h) { return to_hex(h.view()); }

Json to_json(const Cursor& c) { return {{"cn", number(c.cn)}, {"salt", number(c.salt)}}; }
Cursor cursor_of(JsonReader r, JsonReader& outer) {
  const Cursor cursor{r.counter("cn"), r.counter("salt")};
  outer.require(r.ok());
  return cursor;
}

Json to_json(const TimeReading& t) { return {{"wall_ms", t.wall_ms}, {"boot", t.boot.text()}, {"boot_ms", t.boot_ms}}; }
TimeReading clock_of(JsonReader r, JsonReader& outer) {
  const TimeReading reading{r.integer<std::int64_t>("wall_ms"), r.id("boot"), r.integer<std::int64_t>("boot_ms")};
  outer.require(r.ok());
  return reading;
}

// Missing where none was told.
void put_latest(Json& json, const LatestResult& latest) {
  if (latest.entry == 0) return;
  json["latest_result"] = {{"entry", number(latest.entry)}, {"hash", hex(latest.hash)}};
}
LatestResult latest_of(JsonReader& outer) {
  if (!outer.has("latest_result")) return {};
  JsonReader r = outer.object("latest_result");
  const LatestResult latest{r.counter("entry"), r.hash("hash")};
  outer.require(r.ok());
  return latest;
}

Json to_json(const DigestKey& k) { return {{"scope", k.scope}, {"collection", k.collection}, {"group", k.group}}; }
DigestKey digest_key_of(JsonReader r, JsonReader& outer) {
  const DigestKey key{r.text("scope"), r.integer<CollectionNo>("collection"), r.integer<std::uint8_t>("group")};
  outer.require(r.ok());
  return key;
}

}  // namespace

std::string encode_json(const Hello& m) {
  Json lanes = Json::array();
  for (const LaneTip& tip : m.lanes)
    lanes.push_back({{"number", number(tip.number)},
                     {"hash", hex(tip.hash)},
                     {"waiting", number(tip.waiting)},
                     {"bytes", number(tip.bytes)},
                     {"oldest_ms", tip.oldest_ms}});
  Json json{{"protocol", m.protocol},
            {"device", m.maker.device.text()},
            {"incarnation", m.maker.incarnation.text()},
            {"epoch", m.epoch.text()},
            {"schema", hex(m.schema)},
            {"cursor", to_json(m.cursor)},
            {"results", number(m.results)},
            {"grants", m.grants},
            {"lanes", lanes},
            {"clock", to_json(m.clock)},
            {"outbox_lost_ms", m.outbox_lost_ms}};
  put_latest(json, m.latest);
  return json.dump();
}

Result<Hello> decode_hello(std::string_view text) {
  const Json json = parse_json(text, limits::control_bytes);
  JsonReader r(json);
  Hello m;
  m.protocol = r.integer<std::uint32_t>("protocol");
  m.maker = {r.id("device"), r.id("incarnation")};
  m.epoch = r.id("epoch");
  m.schema = r.hash("schema");
  m.cursor = cursor_of(r.object("cursor"), r);
  m.results = r.counter("results");
  m.grants = r.integer<std::uint32_t>("grants");
  std::size_t lane = 0;
  r.array("lanes", lane_count, [&](const Json& element) {
    JsonReader t(element);
    m.lanes[lane++] = {t.counter("number"), t.hash("hash"), t.counter("waiting"), t.counter("bytes"),
                       t.integer<std::int64_t>("oldest_ms")};
    r.require(t.ok());
  });
  m.clock = clock_of(r.object("clock"), r);
  m.outbox_lost_ms = r.integer<std::int64_t>("outbox_lost_ms");
  m.latest = latest_of(r);
  r.require(lane == lane_count);
  if (!r.ok()) return malformed_message();
  return m;
}

std::string encode_json(const Welcome& m) {
  Json lanes = Json::array();
  for (const LaneAck& ack : m.lanes)
    lanes.push_back({{"number", number(ack.number)}, {"hash", hex(ack.hash)}, {"credit", ack.credit}});
  return Json{{"protocol", m.protocol},
              {"hub", m.hub.text()},
              {"epoch", m.epoch.text()},
              {"resume", m.resume == Resume::follow ? "follow" : "bootstrap"},
              {"lanes", lanes},
              {"scopes", m.scopes},
              {"profile", m.profile},
              {"grants", m.grants},
              {"schema_version", m.schema_version},
              {"schema", hex(m.schema)},
              {"dictionary", hex(m.dictionary)},
              {"hub_wall_ms", m.hub_wall_ms},
              {"results", number(m.results)},
              {"results_differ", m.results_differ},
              {"roster", number(m.roster)}}
      .dump();
}

Result<Welcome> decode_welcome(std::string_view text) {
  const Json json = parse_json(text, limits::control_bytes);
  JsonReader r(json);
  Welcome m;
  m.protocol = r.integer<std::uint32_t>("protocol");
  m.hub = r.id("hub");
  m.epoch = r.id("epoch");
  const std::string resume = r.text("resume");
  m.resume = resume == "follow" ? Resume::follow : Resume::bootstrap;
  r.require(resume == "follow" || resume == "bootstrap");
  std::size_t lane = 0;
  r.array("lanes", lane_count, [&](const Json& element) {
    JsonReader a(element);
    m.lanes[lane++] = {a.counter("number"), a.hash("hash"), a.integer<std::uint32_t>("credit")};
    r.require(a.ok());
  });
  r.require(lane == lane_count);
  r.array("scopes", limits::scopes_per_grant, [&](const Json& scope) {
    r.require(scope.is_string() && scope.get_ref<const std::string&>().size() <= 128);
    if (r.ok()) m.scopes.push_back(scope.get<std::string>());
  });
  m.profile = r.integer<VisibilitySet>("profile");
  m.grants = r.integer<std::uint32_t>("grants");
  m.schema_version = r.integer<std::uint32_t>("schema_version");
  m.schema = r.hash("schema");
  m.dictionary = r.hash("dictionary");
  m.hub_wall_ms = r.integer<std::int64_t>("hub_wall_ms");
  m.results = r.counter("results");
  m.results_differ = r.flag("results_differ");
  m.roster = r.counter("roster");
  if (!r.ok()) return malformed_message();
  return m;
}

std::string encode_json(const Compare& m) {
  Json hashes = Json::array();
  for (const Hash& hash : m.hashes) hashes.push_back(hex(hash));
  return Json{{"incarnation", m.incarnation.text()}, {"lane", m.lane}, {"first", number(m.first)}, {"hashes", hashes}}
      .dump();
}

Result<Compare> decode_compare(std::string_view text) {
  const Json json = parse_json(text, limits::control_bytes);
  JsonReader r(json);
  Compare m;
  m.incarnation = r.id("incarnation");
  m.lane = r.integer<Lane>("lane");
  m.first = r.counter("first");
  r.array("hashes", 500, [&](const Json& hash) {
    r.require(hash.is_string());
    if (r.ok()) m.hashes.push_back(r.hash_of(hash.get<std::string>()));
  });
  r.require(m.lane < lane_count && m.first > 0);
  if (!r.ok()) return malformed_message();
  return m;
}

std::string encode_json(const Compared& m) { return Json{{"common", number(m.common)}}.dump(); }

Result<Compared> decode_compared(std::string_view text) {
  const Json json = parse_json(text, limits::control_bytes);
  JsonReader r(json);
  const Compared m{r.counter("common")};
  if (!r.ok()) return malformed_message();
  return m;
}

std::string encode_json(const PullRequest& m) {
  Json json{{"epoch", m.epoch.text()},     {"incarnation", m.incarnation.text()},
            {"cursor", to_json(m.cursor)}, {"results", number(m.results)},
            {"grants", m.grants},          {"roster", number(m.roster)},
            {"wait_ms", m.wait_ms},        {"schema", hex(m.schema)}};
  put_latest(json, m.latest);
  return json.dump();
}

Result<PullRequest> decode_pull_request(std::string_view text) {
  const Json json = parse_json(text, limits::control_bytes);
  JsonReader r(json);
  PullRequest m;
  m.epoch = r.id("epoch");
  m.incarnation = r.id("incarnation");
  m.cursor = cursor_of(r.object("cursor"), r);
  m.results = r.counter("results");
  m.grants = r.integer<std::uint32_t>("grants");
  m.roster = r.counter("roster");
  m.wait_ms = r.integer<std::int64_t>("wait_ms");
  m.schema = r.hash("schema");
  m.latest = latest_of(r);
  r.require(m.wait_ms >= 0);
  if (!r.ok()) return malformed_message();
  return m;
}

std::string encode_json(const Manifest& m) {
  Json chunks = Json::array(), digests = Json::array();
  for (const ChunkInfo& c : m.chunks)
    chunks.push_back({{"hash", hex(c.hash)},
                      {"bytes", number(c.bytes)},
                      {"raw_bytes", number(c.raw_bytes)},
                      {"records", number(c.records)},
                      {"collection", c.collection}});
  for (const DigestRoot& d : m.digests) digests.push_back({{"key", to_json(d.key)}, {"root", hex(d.root)}});
  return Json{{"epoch", m.epoch.text()},
              {"at", to_json(m.at)},
              {"grants", m.grants},
              {"hub_wall_ms", m.hub_wall_ms},
              {"schema_version", m.schema_version},
              {"chunks", chunks},
              {"digests", digests}}
      .dump();
}

namespace {

// A workstation takes memory for what a chunk says it has.
bool is_possible(const ChunkInfo& chunk) {
  const auto within = [](std::uint64_t count, std::uint64_t most) { return count >= 1 && count <= most; };
  return within(chunk.bytes, limits::message_bytes) && within(chunk.raw_bytes, limits::message_bytes) &&
         within(chunk.records, limits::changes_per_batch);
}

}  // namespace

Result<Manifest> decode_manifest(std::string_view text) {
  constexpr std::size_t max_items = 100'000;
  const Json json = parse_json(text, limits::message_bytes);
  JsonReader r(json);
  Manifest m;
  std::set<Hash> hashes;
  m.epoch = r.id("epoch");
  m.at = cursor_of(r.object("at"), r);
  m.grants = r.integer<std::uint32_t>("grants");
  m.hub_wall_ms = r.integer<std::int64_t>("hub_wall_ms");
  m.schema_version = r.integer<std::uint32_t>("schema_version");
  r.array("chunks", max_items, [&](const Json& element) {
    JsonReader c(element);
    m.chunks.push_back({c.hash("hash"), c.counter("bytes"), c.counter("raw_bytes"), c.counter("records"),
                        c.integer<CollectionNo>("collection")});
    r.require(c.ok() && is_possible(m.chunks.back()) && hashes.insert(m.chunks.back().hash).second);
  });
  r.array("digests", max_items, [&](const Json& element) {
    JsonReader d(element);
    m.digests.push_back({digest_key_of(d.object("key"), d), d.hash("root")});
    r.require(d.ok());
  });
  if (!r.ok()) return malformed_message();
  return m;
}

std::string encode_json(const ChunkRequest& m) {
  return Json{{"from", number(m.from)}, {"bytes", number(m.bytes)}}.dump();
}

Result<ChunkRequest> decode_chunk_request(std::string_view text) {
  if (text.empty()) return ChunkRequest{};
  const Json json = parse_json(text, limits::control_bytes);
  JsonReader r(json);
  const ChunkRequest m{r.counter("from"), r.counter("bytes")};
  r.require(m.from < limits::message_bytes && m.bytes >= 1 && m.bytes <= limits::message_bytes);
  if (!r.ok()) return malformed_message();
  return m;
}

std::string encode_json(const LeavesRequest& m) {
  return Json{{"key", to_json(m.key)}, {"cursor", to_json(m.cursor)}, {"schema", hex(m.schema)}}.dump();
}

Result<LeavesRequest> decode_leaves_request(std::string_view text) {
  const Json json = parse_json(text, limits::control_bytes);
  JsonReader r(json);
  LeavesRequest m{digest_key_of(r.object("key"), r), cursor_of(r.object("cursor"), r), r.hash("schema")};
  if (!r.ok()) return malformed_message();
  return m;
}

std::string encode_json(const RepairRequest& m) {
  return Json{{"key", to_json(m.key)}, {"leaf", m.leaf}, {"cursor", to_json(m.cursor)}, {"schema", hex(m.schema)}}
      .dump();
}

Result<RepairRequest> decode_repair_request(std::string_view text) {
  const Json json = parse_json(text, limits::control_bytes);
  JsonReader r(json);
  RepairRequest m{digest_key_of(r.object("key"), r), r.integer<std::uint8_t>("leaf"), cursor_of(r.object("cursor"), r),
                  r.hash("schema")};
  if (!r.ok()) return malformed_message();
  return m;
}

std::string encode_json(const Error& error) {
  return Json{{"error", {{"code", error.code}, {"message", error.message}}}}.dump(-1, ' ', false,
                                                                                  Json::error_handler_t::replace);
}

Error decode_error(int status, std::string_view text) {
  Error error;
  switch (status) {
    case 400:
    case 401:
    case 403:
    case 404:
    case 413:
    case 422:
      error.kind = ErrorKind::ask_person;
      break;
    case 409:
      error.kind = ErrorKind::start_over;
      break;
    default:
      error.kind = ErrorKind::retry_later;
      break;
  }
  const Json json = parse_json(text, limits::control_bytes);
  JsonReader r(json);
  // What refuses a request before anybody has read it knows no protocol, and says it as HTTP does (RFC 9457).
  const bool by_http = json.is_object() && !json.contains("error");
  JsonReader inner = by_http ? JsonReader(json) : r.object("error");
  error.code = inner.text("code");
  error.message = inner.text(by_http ? "detail" : "message");
  if (!r.ok() || !inner.ok() || error.code.empty() || error.message.empty())
    error = {error.kind, "http-" + std::to_string(status),
             "The hub answered with status " + std::to_string(status) + "."};
  return error;
}

}  // namespace holdline::sync
