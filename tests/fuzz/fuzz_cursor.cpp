// Positions as they come from outside or from a file: cursors of lists, places of actions, ids and addresses by hash,
// and what is stored of where things are. The first byte says which. What is read says the same when it is written.
#include <string>

#include "agent/api/input.hpp"
#include "agent/outbox/action_draft.hpp"
#include "sync/base/hash.hpp"
#include "sync/merge/merge.hpp"
#include "sync/wire/message.hpp"
#include "tests/fuzz/property.hpp"

using namespace holdline;

namespace {

void check_list(std::string_view bytes) {
  const auto target = platform::parse_target("/api/v1/entries?" + std::string(bytes));
  if (!target) return;
  constexpr std::size_t most = 200;
  const std::size_t limit = agent::limit_of(target->query, 50, most);
  fuzz::require(limit >= 1 && limit <= most, "a list is neither empty nor long");
  const auto before = agent::id_of(target->query, "before");
  if (!before || before->is_nil()) return;
  fuzz::require(agent::id_of({{"before", before->text()}}, "before") == before, "a cursor reads the same");
}

void check_action(std::string_view bytes) {
  const auto ref = agent::action_ref_of(bytes);
  if (!ref) return;
  fuzz::require(ref->lane < sync::lane_count, "a lane is one of those there are");
  const std::string again = std::to_string(ref->lane) + "/" + std::to_string(ref->number);
  fuzz::require(agent::action_ref_of(again) == ref, "a place reads the same");
}

void check_address(std::string_view bytes) {
  std::string raw;
  if (sync::from_hex(bytes, raw)) {
    fuzz::require(raw.size() * 2 == bytes.size(), "two digits are one byte");
    std::string again;
    fuzz::require(sync::from_hex(sync::to_hex(raw), again) && again == raw, "an address reads the same");
  }
  if (const auto id = sync::Id::parse(bytes)) fuzz::require(sync::Id::parse(id->text()) == id, "an id reads the same");
}

void check_pull(std::string_view bytes) {
  const auto request = sync::decode_pull_request(bytes);
  if (!request) return;
  fuzz::require(request->wait_ms >= 0, "nobody waits backwards");
  fuzz::require(sync::decode_pull_request(sync::encode_json(*request)).value() == *request, "a cursor reads the same");
}

void check_meta(std::string_view bytes) {
  const auto meta = sync::decode_meta(bytes);
  if (!meta) return;
  fuzz::require(sync::decode_meta(sync::encode_meta(*meta)).value() == *meta, "what is remembered reads the same");
}

void check_created(std::string_view bytes) {
  const auto ids = agent::decode_created({}, bytes);
  fuzz::require(ids.size() <= bytes.size(), "no more records than bytes");
}

void check_conversation(std::string_view bytes) {
  if (const auto hello = sync::decode_hello(bytes))
    fuzz::require(sync::decode_hello(sync::encode_json(*hello)).value() == *hello, "a hello reads the same");
  if (const auto manifest = sync::decode_manifest(bytes))
    fuzz::require(sync::decode_manifest(sync::encode_json(*manifest)).value() == *manifest, "a manifest does");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = fuzz::bytes_of(data + 1, size - 1);
  constexpr void (*checks[])(std::string_view) = {check_list, check_action,  check_address,     check_pull,
                                                  check_meta, check_created, check_conversation};
  checks[data[0] % std::size(checks)](bytes);
  return 0;
}
