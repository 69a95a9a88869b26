#include "tests/support/generator_ops.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace holdline::generator {

namespace {

using sync::Action;
using sync::Collection;
using sync::Op;
using sync::Schema;

constexpr std::uint64_t people_seed = 11;

const Collection& collection(const Schema& schema, std::string_view name) {
  const Collection* found = schema.collection(name);
  if (!found) throw std::logic_error("the schema has no collection " + std::string(name));
  return *found;
}

// Collects the changes of one creating op; empty texts are left out, as a form leaves them out.
class Creation {
 public:
  Creation(const Schema& schema, std::string_view name, const sync::Id& id, const std::string& scope)
      : collection_(collection(schema, name)) {
    op_.kind = sync::OpKind::create;
    op_.record = {collection_.no, id};
    op_.scope = scope;
  }
  Creation& set(std::string_view field, sync::Value value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text && text->empty()) return *this;
    change(field).value = std::move(value);
    return *this;
  }
  Creation& add(std::string_view field, std::string element) {
    change(field).adds = {std::move(element)};
    return *this;
  }
  Op done() {
    std::sort(op_.changes.begin(), op_.changes.end(), [](const auto& a, const auto& b) { return a.field < b.field; });
    return std::move(op_);
  }

 private:
  sync::FieldChange& change(std::string_view field) {
    auto& added = op_.changes.emplace_back();
    added.field = collection_.field(field).value();
    return added;
  }

  const Collection& collection_;
  Op op_;
};

Op phone_op(const Schema& schema, const sync::Id& customer, const std::string& number, const std::string& scope) {
  const sync::Id id = sync::natural_id(collection(schema, "phone").no, customer, number);
  return Creation(schema, "phone", id, scope).set("customer", customer).set("e164", number).done();
}

sync::Id drawn_id(std::uint64_t seed) {
  Random random(seed);
  sync::Id id;
  for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random.next());
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

}  // namespace

std::vector<Op> customer_ops(const Schema& schema, const Customer& c, const std::string& scope) {
  std::vector<Op> ops;
  ops.push_back(Creation(schema, "customer", c.id, scope)
                    .set("ref", c.tag.substr(0, c.tag.find(';')))
                    .set("given", c.given)
                    .set("family", c.family)
                    .set("street", c.street)
                    .set("postcode", c.postcode)
                    .set("city", c.city)
                    .set("country", c.country)
                    .set("products", c.products)
                    .set("created_at", c.created_ms)
                    .set("updated_at", c.updated_ms)
                    .set("source_version", std::int64_t{c.version})
                    .add("tags", c.tag)
                    .done());
  ops.push_back(phone_op(schema, c.id, c.phone, scope));
  if (!c.second_phone.empty()) ops.push_back(phone_op(schema, c.id, c.second_phone, scope));
  const sync::Id email = sync::natural_id(collection(schema, "email").no, c.id, c.email);
  ops.push_back(Creation(schema, "email", email, scope).set("customer", c.id).set("addr", c.email).done());
  return ops;
}

Op entry_op(const Schema& schema, const Entry& e, const sync::Id& id, const std::string& scope) {
  Creation op(schema, "manual_entry", id, scope);
  op.set("customer", e.customer)
      .set("kind", std::string(e.kind))
      .set("status", std::string(e.status))
      .set("event_time", e.at_ms)
      .set("station", "ws-" + std::to_string(e.station))
      .set("operator", "op" + std::to_string(e.person))
      .set("phone", e.phone)
      .set("name", e.name)
      .set("note", e.note);
  if (e.amount_cents != 0) op.set("amount", std::int64_t{e.amount_cents});
  return op.done();
}

sync::Record record_of(const Schema& schema, const Op& op) {
  sync::Record record;
  const Collection* found = schema.collection(op.record.collection);
  if (!found) throw std::logic_error("the schema has no such collection");
  sync::overlay(*found, {}, 0, op, record);
  return record;
}

Action entry_action(const Schema& schema, const sync::Maker& maker, const Entry& e, std::uint64_t number,
                    const std::string& scope, const sync::Salt& salt) {
  constexpr std::int64_t booted_ms = 1'763'690'000'000;
  Action action;
  action.salt = salt;
  auto& h = action.header;
  h.lane = collection(schema, "manual_entry").lane;
  h.number = number;
  h.schema = schema.version();
  h.person = drawn_id(people_seed + e.person);
  h.assertion = 1 + e.person;
  h.event_ms = e.at_ms;
  h.hybrid = {e.at_ms, 0};
  h.made = {e.at_ms, drawn_id(people_seed + 100 + e.station), e.at_ms - booted_ms};
  action.ops.push_back(entry_op(schema, e, sync::created_id(sync::origin_of(maker, action), 0), scope));
  return action;
}

sync::ActionBatch entry_actions(const Schema& schema, std::span<const Entry> entries, const std::string& scope) {
  sync::ActionBatch batch{{drawn_id(1), drawn_id(2)}, collection(schema, "manual_entry").lane, {}, {}};
  Random random(3);
  sync::Hash last;
  for (const Entry& e : entries) {
    sync::Salt salt;
    const std::uint64_t drawn = random.next();
    std::memcpy(salt.data(), &drawn, salt.size());
    const Action action = entry_action(schema, batch.maker, e, batch.actions.size() + 1, scope, salt);
    auto stored = sync::store_action(schema, batch.maker, action, last);
    if (!stored) throw std::logic_error(stored.error().message);
    last = stored->hash;
    batch.actions.push_back(*std::move(stored));
  }
  return batch;
}

}  // namespace holdline::generator
