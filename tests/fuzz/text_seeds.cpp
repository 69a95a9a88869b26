#include <utility>
#include <vector>

#include "sync/merge/merge.hpp"
#include "sync/wire/message.hpp"
#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/property.hpp"

namespace holdline::fuzz {

namespace {

using namespace std::string_literals;
using Named = std::vector<std::pair<std::string, sync::Bytes>>;

// What is fed to each target, by name.
const std::vector<std::pair<std::string, Named>> texts{
    {"fuzz_http_target",
     {{"root", "/"},
      {"query", "/api/v1/customers?q=M%C3%BCller&limit=20"},
      {"plus", "/search?q=a+b&q=&&x"},
      {"broken_escape", "/a%2"},
      {"control", "/a%00b"},
      {"absolute", "http://hub.example/status"},
      {"dots", "/a/../../b?c=%25"}}},
    // The first byte is the length of the pieces, less one.
    {"fuzz_http_request",
     {{"get", "\x07GET /api/v1/customers?q=a HTTP/1.1\r\nHost: pc\r\nX-A: 1\r\nx-a: 2\r\n\r\n"},
      {"post", "\x1fPOST /a HTTP/1.1\r\nHost: pc\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"chunked",
       "\xffPOST /a HTTP/1.1\r\nHost: pc\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: 1\r\n\r\n"},
      {"expects", "\x0bPUT /a HTTP/1.1\r\nHost: pc\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok"},
      {"old", "\xffGET / HTTP/1.0\r\n\r\n"},
      {"too_large", "\xffPOST /a HTTP/1.1\r\nHost: pc\r\nContent-Length: 99999\r\n\r\n"},
      {"two_lengths", "\xffPOST /a HTTP/1.1\r\nHost: pc\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
      {"two_bodies",
       "\xffPOST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET"},
      {"no_host", "\xffGET / HTTP/1.1\r\n\r\n"},
      {"folded", "\xffGET / HTTP/1.1\r\nHost: pc\r\nA: b\r\n c\r\n\r\n"}}},
    {"fuzz_csv",
     {{"customers", "ref,given,phone\nC1,Ada,+442075518700\nC2,Bob,\n"},
      {"windows", "\xef\xbb\xbfref,note\r\nC1,\"two\r\nlines, and \"\"quotes\"\"\"\r\n"},
      {"quotes", "5\" pipe,x\nnext,y\n\"q\"z,x\n"},
      {"unterminated", "a,\"never closed\nb,c\n"},
      {"wrong_bytes", "K\xf6ln,x\na\0b,y\n,,,\n\"\"\n"s}}},
    // The first two bytes choose collection and field.
    {"fuzz_typed",
     {{"number", "\2\1(0)20 7946 0018 ext. 5"},
      {"dash", "\2\1+44 20 7946 0123-12"},
      {"pasted", "\4\5\u202a+44\u00a020\u20117946\u00a00018\u202c"},
      {"scientific", "\2\0014.42079E+11"},
      {"name", "\0\3\u00a0u\u0308ber\u200b \n"s},
      {"country", "\0\x14Vereinigtes K\u00f6nigreich"s},
      {"domain", "\3\1HELLO@xn--mller-kva.example"},
      {"wrong_bytes", "\0\3K\xf6ln"s}}},
    {"fuzz_config",
     {{"agent",
       "directory = \"/data\"\n[local]\nsocket = \"/run/a.sock\"\ngroup = \"desk\"\n[hub]\nproxy = \"http://p:3128\"\n"
       "[entry]\nscope = \"acme/leeds\"\n"},
      {"hub", "[listen]\naddress = \"::\"\nport = 7443\nurl = \"https://hub\"\nnames = [\"hub\", \"10.0.0.1\"]\n"},
      {"kinds",
       "text = \"a\"\nchoice = \"two\"\ntexts = [\"a\"]\nboolean = true\ninteger = -5\nduration = \"72h\"\nsize = "
       "\"64KiB\"\nsecret = \"file:/etc/key\"\n[table.crm]\ntext = \"b\"\n"},
      {"credential", "secret = \"credential:key\"\nduration = \"250ms\"\nsize = \"1TiB\"\n"},
      {"wrong_kinds",
       "text = 1\nchoice = 2\ntexts = [1]\nboolean = 0\ninteger = \"x\"\nduration = 3\nsize = 4\nsecret = 5\n"},
      {"too_much", "duration = \"9223372036854775807d\"\nsize = \"9223372036854775807TiB\"\ninteger = 9999\n"},
      {"mistyped", "[listn]\nport = 1\n[local]\nsoket = \"/a\"\n"},
      {"beside", "text = \"first\"\n\0text = \"second\"\n[table.web]\ntext = \"c\"\n"s},
      {"letters", "Größe = ä\n"},
      {"not_toml", "[[[\n = \"\n"},
      {"dotted", "a.b.c.d.e.f.g = 1\ntable.a.b.c = 2\n"}}},
    // The first byte says of which request: customer, manual entry, callback, edit, resolution.
    {"fuzz_local_api",
     {{"customer",
       "\0{\"fields\":{\"given\":\"Ada\",\"family\":\"Lovelace\",\"city\":\"Bonn\"},\"phones\":[{\"e164\":\"020 7551 "
       "8700\"}],\"emails\":[{\"addr\":\"a@b.example\"}],\"scope\":\"acme/north\"}"s},
      {"entry", "\1{\"fields\":{\"kind\":\"message\",\"note\":\"call back\"},\"event_time\":\"2026-03-01T09:30:00Z\"}"},
      {"callback",
       "\2{\"fields\":{\"name\":\"Ada\",\"phone\":\"+442075518700\",\"window_from\":\"2026-03-01T09:30:00Z\","
       "\"window_to\":1772357400000,\"window_zone\":\"Europe/London\",\"reason\":\"x\",\"priority\":\"2\"}}"},
      {"edit", "\3{\"changes\":{\"city\":{\"base\":\"Bonn\",\"value\":\"Köln\"},\"family\":{\"value\":null}}}"},
      {"elements",
       "\3{\"changes\":{\"tags\":{\"add\":[\"vip\"],\"remove\":[\"11111111-1111-4111-8111-111111111111\"]}}}"},
      {"resolution", "\4{\"choice\":\"other\",\"reason\":\"asked\"}"},
      {"numbers", "\1{\"fields\":{\"kind\":1e400,\"note\":18446744073709551615,\"at\":-1}}"},
      {"twice", "\4{\"choice\":\"other\",\"choice\":\"current\",\"reason\":\"a\"}"},
      {"deep", "\0{\"fields\":"s + std::string(60, '[') + std::string(60, ']') + "}"},
      {"surrogate", "\1{\"fields\":{\"note\":\"\\ud800\"}}"},
      {"card", "\1{\"fields\":{\"kind\":\"message\",\"note\":\"4111 1111 1111 1111\"}}"},
      {"no_object", "\0[]"s}}},
};

// The first byte says what is read: see fuzz_cursor.cpp.
Named positions() {
  sync::RecordMeta meta;
  meta.last_device = maker.device;
  meta.last_cn = 300;
  meta.stamps = {{1, sync::sha256("a"), 1'000, maker.device}, {4, sync::sha256("b"), 0, {}}};
  sync::PullRequest pull;
  pull.cursor = {17, 99};
  pull.wait_ms = 25'000;
  sync::Hello hello;
  hello.maker = maker;
  sync::Manifest manifest;
  manifest.chunks = {{sync::sha256("a"), 10, 20, 3, 1}};
  return {{"list", "\0before=11111111-1111-4111-8111-111111111111&limit=20"s},
          {"limit", "\0limit=99999999999999999999"s},
          {"action",
           "\1"
           "2/17"},
          {"hash", "\2" + sync::to_hex(sync::sha256("a").view())},
          {"id", "\2" + maker.device.text()},
          {"pull", "\3" + sync::encode_json(pull)},
          {"meta", "\4" + sync::encode_meta(meta)},
          {"created", "\5\1\2" + sync::Bytes(maker.device.view())},
          {"hello", "\6" + sync::encode_json(hello)},
          {"manifest", "\6" + sync::encode_json(manifest)}};
}

}  // namespace

void add_text_seeds(const Corpus& corpus) {
  const auto add_all = [&](const std::string& target, const Named& seeds) {
    for (const auto& [name, bytes] : seeds) corpus.add(target, name, bytes);
  };
  for (const auto& [target, seeds] : texts) add_all(target, seeds);
  add_all("fuzz_cursor", positions());
}

}  // namespace holdline::fuzz
