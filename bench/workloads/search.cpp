// What a person waits for while a caller is on the line: finding the customer by name, number or reference.

#include "agent/replica/search.hpp"

#include <array>
#include <utility>

#include "agent/view/duplicates.hpp"
#include "agent/view/overlay.hpp"
#include "agent/view/view.hpp"
#include "bench/measure.hpp"
#include "bench/snapshot.hpp"
#include "bench/table_rows.hpp"
#include "bench/workloads/workloads.hpp"
#include "platform/os/entropy.hpp"
#include "tests/support/generator_ops.hpp"

namespace holdline::bench {

namespace {

constexpr std::size_t hits_asked = 20;
constexpr std::size_t pending_actions = 300;

enum class Kind { name, phone, email, reference, postcode, fuzzy };
constexpr std::array kinds{Kind::name, Kind::phone, Kind::email, Kind::reference, Kind::postcode, Kind::fuzzy};
constexpr std::array<const char*, 6> kind_names{"name", "phone", "email", "reference", "postcode", "fuzzy"};

struct Query {
  Kind kind;
  std::string typed;                 // as a person types it
  std::string folded;                // as it stands in the index
  std::vector<std::string> words{};  // the same, of names
};

// Two neighbours of a name exchanged, so that it is found as one that was mistyped.
std::string mistyped(std::string word) {
  for (std::size_t i = 1; i + 1 < word.size(); ++i)
    if (word[i] != word[i + 1]) {
      std::swap(word[i], word[i + 1]);
      break;
    }
  return word;
}

Query make_query(Kind kind, const agent::NameNormalizer& normalizer, const generator::Customer& customer,
                 generator::Random& random) {
  const std::string family = normalizer.name_words(customer.family).front();
  switch (kind) {
    case Kind::name: {  // the first three to five letters
      const std::string word = family.substr(0, 3 + random.below(3));
      return {kind, word, word, {word}};
    }
    case Kind::phone: {  // the last four to seven digits
      const std::string digits = customer.phone.substr(customer.phone.size() - 4 - random.below(4));
      return {kind, digits, {digits.rbegin(), digits.rend()}};
    }
    case Kind::email:
      return {kind, customer.email, agent::fold_reference(customer.email)};
    case Kind::reference: {  // without its last digit
      const std::string reference = customer.tag.substr(0, customer.tag.find(';') - 1);
      return {kind, reference, agent::fold_reference(reference)};
    }
    case Kind::postcode: {
      const std::string typed = family + " " + customer.postcode;
      const auto query = agent::parse_query(normalizer, typed);
      return {kind, typed, {}, query.spellings.empty() ? query.words : query.spellings.back()};
    }
    case Kind::fuzzy:
      return {kind, mistyped(family), family, {family}};
  }
  throw std::logic_error("a kind of search without a query");
}

std::vector<Query> make_queries(Kind kind, std::size_t count, std::uint32_t customers) {
  const agent::NameNormalizer normalizer;
  generator::Random random(5);
  std::vector<Query> queries;
  while (queries.size() < count) {
    const generator::Customer customer = generator::customer(random.below(customers));
    if (kind == Kind::fuzzy && !agent::can_be_misspelt(normalizer.name_words(customer.family).front())) continue;
    queries.push_back(make_query(kind, normalizer, customer, random));
  }
  return queries;
}

// New customers that the hub has not answered yet, as the outbox's thread tells the overlay.
void add_pending(const sync::Schema& schema, std::uint32_t first, platform::Entropy& entropy, agent::Overlay& overlay) {
  const sync::Maker maker{entropy.id(), entropy.id()};
  sync::Hash last;
  for (std::uint64_t number = 1; number <= pending_actions; ++number) {
    sync::Action action;
    action.header.lane = schema.collection("customer")->lane;
    action.header.number = number;
    action.header.schema = schema.version();
    action.ops =
        generator::customer_ops(schema, generator::customer(first + static_cast<std::uint32_t>(number)), "acme/london");
    auto stored = must(sync::store_action(schema, maker, action, last));
    last = stored.hash;
    overlay.add(maker, {std::move(stored), std::move(action)});
  }
}

// The one statement that each kind of search cannot do without, on the same file with the same cache: the places from
// the index, and the row for each place.
class BareSearch {
 public:
  BareSearch(const std::filesystem::path& replica, const platform::SecretKey& key)
      : db_(replica, key, platform::Durability::normal),
        lookup_(db_.prepare("SELECT c.body FROM _lookup AS l JOIN customer AS c ON c.seq = l.seq WHERE l.kind = ?1 AND "
                            "l.key >= ?2 AND l.key < ?3 LIMIT ?4")),
        names_(
            db_.prepare("SELECT c.body FROM _names_customer(?1) AS n JOIN customer AS c ON c.seq = n.rowid LIMIT ?2")) {
  }

  void run(const Query& query) {
    if (!query.words.empty()) {
      std::string words;
      for (const std::string& word : query.words) words += (words.empty() ? "\"" : " \"") + word + "\" *";
      sqlite3_bind_text(names_.get(), 1, words.data(), static_cast<int>(words.size()), SQLITE_STATIC);
      sqlite3_bind_int64(names_.get(), 2, hits_asked);
      return read(names_.get());
    }
    std::string end = query.folded;
    ++end.back();
    const auto kind = query.kind == Kind::phone ? agent::LookupKind::phone : agent::LookupKind::reference;
    sqlite3_bind_int64(lookup_.get(), 1, static_cast<int>(kind));
    sqlite3_bind_text(lookup_.get(), 2, query.folded.data(), static_cast<int>(query.folded.size()), SQLITE_STATIC);
    sqlite3_bind_text(lookup_.get(), 3, end.data(), static_cast<int>(end.size()), SQLITE_STATIC);
    sqlite3_bind_int64(lookup_.get(), 4, hits_asked);
    read(lookup_.get());
  }

 private:
  void read(sqlite3_stmt* statement) {
    while (db_.step(statement)) bytes_ += static_cast<std::size_t>(sqlite3_column_bytes(statement, 0));
    sqlite3_reset(statement);
  }

  BareDatabase db_;
  BareDatabase::Statement lookup_, names_;
  std::size_t bytes_ = 0;
};

void measure(Kind kind, agent::View& view, BareSearch& bare, const std::vector<Query>& queries, std::size_t rounds,
             Report& report) {
  Rounds tails;
  std::vector<double> of_product, of_limit, of_processor;
  std::size_t found = 0;
  for (std::size_t round = 0; round <= rounds; ++round) {
    std::vector<double> product, limit;
    for (const Query& query : queries) {
      const Stopwatch searching;
      found += must(view.search(query.typed, hits_asked)).hits.empty() ? 0 : 1;
      product.push_back(searching.seconds() * 1e3);
      if (round > 0) of_processor.push_back(searching.cpu_seconds() * 1e3);
      const Stopwatch selecting;
      bare.run(query);
      limit.push_back(selecting.seconds() * 1e3);
    }
    if (round == 0) continue;  // fills both caches
    tails.add(percentile(product, 0.99), percentile(limit, 0.99));
    of_product.insert(of_product.end(), product.begin(), product.end());
    of_limit.insert(of_limit.end(), limit.begin(), limit.end());
  }
  const double share = static_cast<double>(found) / static_cast<double>((rounds + 1) * queries.size());
  if (share < 0.99) throw std::runtime_error("customers that are there were not found");
  report.add({std::string("search.") + kind_names[static_cast<std::size_t>(kind)] + ".p99_ms",
              percentile(of_product, 0.99),
              "ms",
              percentile(of_limit, 0.99),
              tails.limit_over_product(),
              {{"p50", median(of_product)},
               {"cpu_p99", percentile(of_processor, 0.99)},
               {"limit_p50", median(of_limit)},
               {"found", share}}});
}

// Somebody who is here already, typed anew: the same name, one of the numbers, the address.
std::vector<sync::Op> typed_again(const sync::Schema& schema, std::uint32_t index) {
  auto ops = generator::customer_ops(schema, generator::customer(index), "acme/london");
  ops.front().record.id = generator::customer(index + 1, 43).id;
  return ops;
}

void measure_duplicates(const sync::Schema& schema, agent::View& view, std::uint32_t customers, std::size_t count,
                        Report& report) {
  agent::PersonView person(view, {"agent", {"acme/london"}});
  generator::Random random(9);
  std::vector<double> took;
  std::size_t found = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto ops = typed_again(schema, random.below(customers));
    const sync::Record record = generator::record_of(schema, ops.front());
    const Stopwatch watch;
    found += agent::duplicates_of(schema, person, record, agent::Compared::all, ops).empty() ? 0 : 1;
    took.push_back(watch.seconds() * 1e3);
  }
  report.add({"duplicates.p99_ms",
              percentile(took, 0.99),
              "ms",
              {},
              {},
              {{"p50", median(took)}, {"found", static_cast<double>(found) / static_cast<double>(count)}}});
}

}  // namespace

void search(const Options& options, Report& report) {
  const std::uint32_t customers = options.quick ? 5'000 : options.customers.value_or(100'000);
  const std::size_t rounds = options.quick ? 1 : 5, per_round = options.quick ? 100 : 500;
  const sync::Schema schema = must(sync::Schema::parse(sync::default_schema_text()));
  platform::SystemEntropy entropy;
  const platform::SecretKey key = drawn_key();
  const Scratch scratch(options.directory);
  agent::ReplicaOptions replica;
  replica.directory = scratch.path();
  fill_replica(replica, key, schema, make_snapshot(schema, customers));

  agent::Overlay overlay(schema);
  add_pending(schema, customers, entropy, overlay);
  agent::View view(must(agent::ReplicaReader::open(replica, key, schema)), [&] { return overlay.snapshot(); });
  BareSearch bare(scratch / "replica.db", key);
  for (const Kind kind : kinds) measure(kind, view, bare, make_queries(kind, per_round, customers), rounds, report);
  measure_duplicates(schema, view, customers, per_round, report);
}

}  // namespace holdline::bench
