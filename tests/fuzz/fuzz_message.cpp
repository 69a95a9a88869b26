// Messages of the protocol. The first byte chooses which; what decodes encodes to a message that decodes to the same,
// and that message is its own encoding: encoding it again changes no byte.
#include "sync/session/probe.hpp"
#include "sync/wire/message.hpp"
#include "tests/fuzz/property.hpp"

using namespace holdline;

namespace {

template <class Decode, class Encode>
void check(std::string_view bytes, Decode decode, Encode encode) {
  const auto message = decode(bytes);
  if (!message) {
    fuzz::require(!message.error().code.empty(), "a refusal has a code");
    return;
  }
  const auto encoded = encode(*message);
  const auto again = decode(encoded);
  fuzz::require(again.has_value(), "what was encoded can be decoded");
  fuzz::require(encode(*again) == encoded, "encoding it again changes no byte");
}

template <class Decode>
void check_json(std::string_view bytes, Decode decode) {
  check(bytes, decode, [](const auto& message) { return sync::encode_json(message); });
}

void check_error(std::string_view json) {
  for (const int status : {200, 401, 409, 422, 503}) {
    const Error error = sync::decode_error(status, json);
    fuzz::require(!error.code.empty() && !error.message.empty(), "an error says what happened, whatever the body");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto& schema = fuzz::schema();
  const auto bytes = fuzz::bytes_of(data + 1, size - 1);
  switch (data[0] % 14) {
    case 0:
      check_json(bytes, sync::decode_hello);
      break;
    case 1:
      check_json(bytes, sync::decode_welcome);
      break;
    case 2:
      check_json(bytes, sync::decode_compare);
      break;
    case 3:
      check_json(bytes, sync::decode_compared);
      break;
    case 4:
      check_json(bytes, sync::decode_pull_request);
      break;
    case 5:
      check_json(bytes, sync::decode_manifest);
      break;
    case 6:
      check_json(bytes, sync::decode_leaves_request);
      break;
    case 7:
      check_json(bytes, sync::decode_repair_request);
      check_json(bytes, sync::decode_probe);
      check_json(bytes, sync::decode_probed);
      break;
    case 8:
      check_error(bytes);
      break;
    case 9:
      check(
          bytes, [](auto in) { return sync::decode_push(in); },
          [](const auto& push) { return sync::encode_push(push); });
      break;
    case 10:
      check(
          bytes, [](auto in) { return sync::decode_push_reply(in); },
          [](const auto& reply) { return sync::encode_push_reply(reply); });
      break;
    case 11:
      check(
          bytes, [&](auto in) { return sync::decode_pull_reply(schema, in); },
          [&](const auto& reply) { return sync::encode_pull_reply(schema, reply); });
      break;
    case 12:
      check(
          bytes, [](auto in) { return sync::decode_leaves(in); },
          [](const auto& reply) { return sync::encode_leaves(reply); });
      break;
    default:
      check(
          bytes, [&](auto in) { return sync::decode_repair(schema, in); },
          [&](const auto& reply) { return sync::encode_repair(schema, reply); });
      break;
  }
  return 0;
}
