// Writes the seeds of the fuzz targets: fuzz_seeds DIRECTORY makes DIRECTORY/<target>/<name>. The same seeds every
// time.
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <zdict.h>

#include "sync/wire/batch.hpp"
#include "sync/wire/compress.hpp"
#include "sync/wire/message.hpp"
#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/unit/sync/action/random_actions.hpp"

using namespace holdline;
using fuzz::Corpus;

namespace {

void schemas(const Corpus& corpus) {
  corpus.add("fuzz_schema", "empty", "");
  corpus.add("fuzz_schema", "version_only", "version = 1\n");
  const auto whole = std::string(sync::default_schema_text());
  corpus.add("fuzz_schema", "beginning", whole.substr(0, 1500));
  corpus.add("fuzz_schema", "small",
             "version = 3\n[collection.note]\nno = 1\nlane = 2\n[collection.note.field]\n"
             "text = { no = 1, type = \"text\", max_length = 80, search = \"name\" }\n"
             "state = { no = 2, type = \"picklist\", options = [\"open\", \"done\"], policy = \"strictest\" }\n");
  corpus.add("fuzz_schema", "not_toml", "version = = 1\n[[[");
}

sync::Bytes small_batch(sync::RandomActions& random, std::size_t count) {
  sync::ActionBatch batch{sync::test_maker, 2, {}, {}};
  sync::Hash last;
  for (std::uint64_t number = 1; number <= count; ++number) {
    batch.actions.push_back(sync::store_action(fuzz::schema(), sync::test_maker, random.next(2, number), last).value());
    last = batch.actions.back().hash;
  }
  return sync::encode_actions(batch);
}

void actions(const Corpus& corpus) {
  sync::Compressor compressor;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const std::string name = "random_" + std::to_string(seed);
    sync::RandomActions random(fuzz::schema(), seed);
    const auto stored = sync::store_action(fuzz::schema(), sync::test_maker, random.next(2, 1 + seed), {}).value();
    sync::Bytes bytes;
    sync::ByteWriter out(bytes);
    out.blob(stored.header);
    out.raw(stored.payload);
    corpus.add("fuzz_action", name, bytes);

    const auto batch = small_batch(random, 1 + seed % 4);
    corpus.add("fuzz_batch", "actions_" + std::to_string(seed), '\0' + batch);
    corpus.add("fuzz_frame", name, compressor.compress(batch, nullptr));
  }
}

void records(const Corpus& corpus) {
  const auto collections = fuzz::schema().collections();
  std::vector<sync::Change> changes;
  for (std::size_t at = 0; at < collections.size() && at < 12; ++at) {
    const sync::Collection& collection = collections[at];
    sync::Record record;
    record.key = {collection.no, sync::test_maker.device};
    record.scope = "acme/north/team-1";
    record.fields.assign(collection.fields.size(), sync::Null{});
    sync::FieldMask mask = 0;
    for (std::size_t field = 0; field < collection.fields.size(); ++field) {
      mask |= sync::FieldMask{1} << field;
      switch (collection.fields[field].type) {
        case sync::FieldType::integer:
        case sync::FieldType::time:
          record.fields[field] = std::int64_t{1'763'700'000'000};
          break;
        case sync::FieldType::boolean:
          record.fields[field] = true;
          break;
        case sync::FieldType::reference:
          record.fields[field] = sync::test_maker.incarnation;
          break;
        case sync::FieldType::set:
        case sync::FieldType::list:
          record.fields[field] =
              sync::Elements{{sync::test_maker.device, "kept", false}, {sync::test_maker.incarnation, "", true}};
          break;
        default:
          record.fields[field] = std::string("Grüße");
          break;
      }
    }
    corpus.add("fuzz_value", "body_" + collection.name, static_cast<char>(at) + sync::encode_body(collection, record));
    changes.push_back({at + 1, false, mask, record});
    changes.push_back({at + 1, true, 0, {record.key, record.scope, sync::Record{}.fields, false, false}});
    changes.back().record.fields.assign(collection.fields.size(), sync::Null{});
    corpus.add("fuzz_batch", "changes_" + collection.name,
               '\1' + sync::encode_changes(fuzz::schema(), std::span(changes).last(2)));
  }
  corpus.add("fuzz_batch", "no_changes", '\1' + sync::encode_changes(fuzz::schema(), {}));
}

void values(const Corpus& corpus) {
  const std::vector<std::pair<std::string, sync::Value>> all = {
      {"null", sync::Null{}},         {"true", true},
      {"negative", std::int64_t{-1}}, {"text", "a text"},
      {"id", fuzz::maker.device},     {"no_elements", sync::Elements{}}};
  for (const auto& [name, value] : all) corpus.add("fuzz_value", name, '\0' + sync::encode_value(value));
}

// A dictionary as zstd trains them, only smaller, and a frame that needs it.
void dictionaries(const Corpus& corpus) {
  sync::RandomActions random(fuzz::schema(), 5);
  sync::Bytes samples;
  std::vector<std::size_t> sizes;
  for (int i = 0; i < 200; ++i) {
    const sync::Bytes batch = small_batch(random, 1);
    samples += batch;
    sizes.push_back(batch.size());
  }
  sync::Bytes trained(1024, '\0');
  const std::size_t size = ZDICT_trainFromBuffer(trained.data(), trained.size(), samples.data(), sizes.data(),
                                                 static_cast<unsigned>(sizes.size()));
  if (ZDICT_isError(size)) throw std::runtime_error(ZDICT_getErrorName(size));
  trained.resize(size);
  sync::Compressor compressor;
  const auto add = [&](const std::string& name, const sync::Bytes& bytes, const sync::Bytes& raw) {
    const sync::Dictionary dictionary(bytes);
    const sync::Bytes length = {static_cast<char>(bytes.size() & 0xff), static_cast<char>(bytes.size() >> 8)};
    corpus.add("fuzz_dictionary", name, length + bytes + compressor.compress(raw, &dictionary));
  };
  add("trained", trained, samples.substr(0, sizes[0]));
  add("plain_text", "customer called about the invoice", "the customer called about the invoice again");
  add("empty", "", "nothing is known before");
}

// Decisions drawn from a fixed sequence: where the fuzzer starts from.
void decisions(const Corpus& corpus) {
  constexpr std::uint64_t seeds = 8;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    std::uint64_t state = seed + 1;
    sync::Bytes bytes;
    for (std::uint64_t i = 0; i < 40 + 20 * seed; ++i) {
      state = state * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
      bytes.push_back(static_cast<char>(state >> 56));
    }
    corpus.add("fuzz_merge", "random_" + std::to_string(seed), bytes);
    corpus.add("fuzz_session", "random_" + std::to_string(seed), bytes);
  }
}

sync::ActionResult a_result() {
  sync::ActionResult result;
  result.entry = 7;
  result.incarnation = fuzz::maker.incarnation;
  result.lane = 2;
  result.number = 3;
  result.verdict = sync::Verdict::quarantined;
  result.at = {17, 0x1234567890abcdef};
  result.conflicts = {fuzz::maker.device};
  result.code = "too-long";
  result.text = "A text is too long.";
  return result;
}

void messages(const Corpus& corpus) {
  const auto add = [&corpus](int kind, const std::string& name, const sync::Bytes& bytes) {
    corpus.add("fuzz_message", name, static_cast<char>(kind) + bytes);
  };
  sync::Hello hello;
  hello.maker = fuzz::maker;
  hello.cursor = {17, 99};
  add(0, "hello", sync::encode_json(hello));
  sync::Welcome welcome;
  welcome.scopes = {"acme/north/team-1"};
  add(1, "welcome", sync::encode_json(welcome));
  add(2, "compare", sync::encode_json(sync::Compare{fuzz::maker.incarnation, 1, 5, {sync::sha256("a")}}));
  add(3, "compared", sync::encode_json(sync::Compared{4}));
  sync::PullRequest pull;
  pull.cursor = {17, 99};
  add(4, "pull_request", sync::encode_json(pull));
  sync::Manifest manifest;
  manifest.chunks = {{sync::sha256("a"), 10, 20, 3, 1}};
  manifest.digests = {{{"acme/north", 1, 0}, sync::sha256("b")}};
  add(5, "manifest", sync::encode_json(manifest));
  add(6, "leaves_request", sync::encode_json(sync::LeavesRequest{{"acme/north", 1, 0}, {17, 99}}));
  add(7, "repair_request", sync::encode_json(sync::RepairRequest{{"acme/north", 1, 0}, 200, {17, 99}}));
  add(8, "error", sync::encode_json(Error{ErrorKind::ask_person, "unknown-device", "Enrol it again."}));
  sync::RandomActions random(fuzz::schema(), 1);
  sync::Push push;
  push.batch = {sync::test_maker, 2, {}, {}};
  push.batch.actions = {sync::store_action(fuzz::schema(), sync::test_maker, random.next(2, 1), {}).value()};
  push.assertions = {{1, fuzz::maker.device, 1'763'700'000'000, sync::Bytes(64, 's')}};
  add(9, "push", sync::encode_push(push));
  add(10, "push_reply", sync::encode_push_reply({sync::PushAnswer::results, 0, {a_result()}}));
  sync::PullReply reply;
  reply.cut.to = {17, 99};
  reply.cut.digests = manifest.digests;
  reply.results = {a_result()};
  add(11, "pull_reply", sync::encode_pull_reply(fuzz::schema(), reply));
  add(12, "leaves_moved", sync::encode_leaves({true, {}}));
  add(13, "repair", sync::encode_repair(fuzz::schema(), {}));
}

}  // namespace

int main(int count, char** arguments) try {
  if (count != 2) {
    std::cerr << "usage: fuzz_seeds DIRECTORY\n";
    return 2;
  }
  const Corpus corpus(arguments[1]);
  schemas(corpus);
  values(corpus);
  records(corpus);
  actions(corpus);
  messages(corpus);
  dictionaries(corpus);
  decisions(corpus);
  fuzz::add_text_seeds(corpus);
  return 0;
} catch (const std::exception& error) {
  std::cerr << "fuzz_seeds: " << error.what() << '\n';
  return 1;
}
